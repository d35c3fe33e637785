"""Ways in which people write one citation: what `zhili eval lookup` draws from. Invented for the purpose.

A form turns an article into the text that somebody might type or dictate, and says which articles it means.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from legal_corpus.numerals import to_chinese
from legal_corpus.titles import COUNTRY, title_key
from legal_corpus.values import Article, Citation

_WIDE = {48 + digit: 0xFF10 + digit for digit in range(10)}
_BANK = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_SOUNDS = {"条": "调", "例": "列", "护": "户", "法": "发", "合": "和", "安": "按", "保": "宝", "管": "馆"}


@dataclass(frozen=True, slots=True)
class Written:
    """A citation as somebody wrote it."""

    form: str
    text: str
    means: tuple[Citation, ...]
    context: str = ""
    """The law that 本法 means."""
    slip: bool = False
    """Something is misheard or mistyped: the answer must say how it was understood."""


Form = Callable[[Article, random.Random], Written | None]


def forms() -> dict[str, Form]:
    """Every form by name, in a fixed order; a form gives `None` where it does not fit an article."""
    return dict(sorted({**_plain(), **_numerals(), **_parts(), **_several(), **_slips()}.items()))


def _node(article: Article, paragraph: int | None = None, item: int | None = None) -> Citation:
    return Citation(article.law.title, article.number or 0, article.suffix, paragraph, item)


def _one(name: str, write: Callable[[Article], str | None]) -> dict[str, Form]:
    """A form that means exactly the article."""

    def form(article: Article, _: random.Random) -> Written | None:
        text = write(article)
        return None if text is None else Written(name, text, (_node(article),))

    return {name: form}


def _suffix(article: Article, arabic: bool = False) -> str:
    if not article.suffix:
        return ""
    return f"之{article.suffix}" if arabic else f"之{to_chinese(article.suffix)}"


def _plain() -> dict[str, Form]:
    """Titles, brackets, words around."""
    return {
        **_one("标准", lambda a: f"《{a.law.title}》{a.label}"),
        **_one("全称", lambda a: f"《{a.law.full_title}》{a.label}"),
        **_one("全称无书名号", lambda a: f"{a.law.full_title}{a.label}"),
        **_one("简称无书名号", lambda a: f"{a.law.title}{a.label}"),
        **_one("半角书名号", lambda a: f"<{a.law.title}>{a.label}" if "《" not in a.law.title else None),
        **_one("直角引号", lambda a: f"「{a.law.title}」{a.label}"),
        **_one("双直角引号", lambda a: f"『{a.law.title}』{a.label}"),
        **_one("双引号", lambda a: f"“{a.law.title}”{a.label}" if "“" not in a.law.title else None),
        **_one("书名号加空格", lambda a: f"《 {a.law.title} 》 {a.label}"),
        **_one("前有根据", lambda a: f"根据《{a.law.title}》{a.label}"),
        **_one("前有按照后有规定", lambda a: f"按照《{a.law.title}》{a.label}的规定"),
        **_one("后有之规定", lambda a: f"《{a.law.title}》{a.label}之规定。"),
        **_one("请问", lambda a: f"请问{a.law.title}{a.label}？"),
        **_one("的", lambda a: f"{a.law.title}的{a.label}"),
        **_one("年份圆括号", lambda a: _dated(a, "（{}修正）")),
        **_one("年份半角括号", lambda a: _dated(a, "({}年修订)")),
        **_one("年份版", lambda a: _dated(a, "（{}年版）")),
        **_one("国名", lambda a: _country(a)),
    }


def _dated(article: Article, mark: str) -> str | None:
    day = article.law.version_date
    return f"《{article.law.title}》{mark.format(day.year)}{article.label}" if day else None


def _country(article: Article) -> str | None:
    """国名 is only ever put before national acts."""
    national = article.law.full_title.startswith(COUNTRY)
    return f"{COUNTRY}{article.law.title}{article.label}" if national else None


def _numerals() -> dict[str, Form]:
    """Numbers in every dress."""
    return {
        **_one("数字", lambda a: f"《{a.law.title}》第{a.number}条{_suffix(a, arabic=True)}"),
        **_one("数字无第", lambda a: f"{a.law.title}{a.number}条{_suffix(a)}"),
        **_one("数字空格", lambda a: f"{a.law.title} 第 {a.number} 条{_suffix(a)}"),
        **_one("全角数字", lambda a: f"{a.law.title}第{str(a.number).translate(_WIDE)}条{_suffix(a)}"),
        **_one("之在条前", lambda a: f"{a.law.title}{a.number}之{a.suffix}条" if a.suffix else None),
        **_one("无条字之一", lambda a: f"{a.law.title}{a.number}之{a.suffix}" if a.suffix else None),
        **_one("书名号后数字", lambda a: f"《{a.law.title}》{a.number}" if not a.suffix else None),
        **_one("大写数字", lambda a: f"《{a.law.title}》第{_bank(a)}条{_suffix(a)}"),
        **_one(
            "逐位", lambda a: f"{a.law.title}第{_digits(a)}条{_suffix(a)}" if (a.number or 0) > 9 else None
        ),
        **_one("中文无第", lambda a: f"《{a.law.title}》{to_chinese(a.number or 0)}条{_suffix(a)}"),
        **_one("章节号", lambda a: f"《{a.law.title}》§{a.number}" if not a.suffix else None),
        **_one("繁体条", lambda a: f"《{a.law.title}》{a.label.replace('条', '條')}"),
        **_one("两", lambda a: _two(a)),
    }


def _bank(article: Article) -> str:
    return to_chinese(article.number or 0).translate(_BANK)


def _digits(article: Article) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(article.number))


def _two(article: Article) -> str | None:
    """二百 is spoken 两百."""
    number = to_chinese(article.number or 0)
    return f"{article.law.title}第{number.replace('二百', '两百')}条" if "二百" in number else None


def _parts() -> dict[str, Form]:
    """Paragraphs and items, and 本法 within its own law."""

    def paragraph(write: str) -> Form:
        return lambda a, _: Written(
            "款", write.format(law=a.law.title, label=a.label, number=a.number), (_node(a, 1),)
        )

    def item(write: str) -> Form:
        def form(article: Article, _: random.Random) -> Written | None:
            if "\n（一）" not in article.text or "\n（二）" not in article.text:
                return None
            if article.text.count("\n（二）") > 1:
                return None
            text = write.format(law=article.law.title, label=article.label)
            return Written("项", text, (_node(article, None, 2),))

        return form

    def own(name: str, word: str) -> Form:
        return lambda a, _: Written(name, f"{word}{a.label}", (_node(a),), context=a.law.title)

    return {
        "款": paragraph("《{law}》{label}第一款"),
        "款数字": paragraph("{law}{label}第1款"),
        "项": item("《{law}》{label}第（二）项"),
        "项无括号": item("《{law}》{label}第二项"),
        "项半角": item("{law}{label}第(2)项"),
        "本法": own("本法", "本法"),
        "本条例": own("本条例", "依照本条例"),
        "该办法": own("该办法", "该办法"),
    }


def _several() -> dict[str, Form]:
    """Lists and ranges: every article that they name must come back."""

    def following(write: str, count: int, *, all_between: bool) -> Form:
        def form(article: Article, _: random.Random) -> Written | None:
            first = article.number or 0
            if article.suffix or not first:
                return None
            last = first + count
            numbers = range(first, last + 1) if all_between else (first, last)
            text = write.format(
                law=article.law.title, a=first, b=last, ca=to_chinese(first), cb=to_chinese(last)
            )
            return Written(
                "连续" if all_between else "并列",
                text,
                tuple(Citation(article.law.title, one) for one in numbers),
            )

        return form

    return {
        "并列顿号": following("《{law}》第{ca}条、第{cb}条", 1, all_between=False),
        "并列和": following("《{law}》第{ca}条和第{cb}条", 1, all_between=False),
        "并列省条": following("《{law}》第{a}、{b}条", 1, all_between=False),
        "连续至": following("《{law}》第{ca}条至第{cb}条", 3, all_between=True),
        "连续省条": following("{law}第{a}至{b}条", 3, all_between=True),
        "连续横线": following("{law}{a}-{b}条", 2, all_between=True),
        "连续到": following("{law}第{ca}到{cb}条", 2, all_between=True),
    }


def _slips() -> dict[str, Form]:
    """Misheard and mistyped titles and numbers: understood and marked, or refused."""
    return {"错字同音": _misheard, "错字颠倒": _swapped, "错字漏字": _dropped, "数字是三": _misheard_number}


def _misheard(article: Article, chooser: random.Random) -> Written | None:
    title = article.law.title
    places = [at for at, char in enumerate(title) if char in _SOUNDS]
    if len(title_key(title)) < 5 or not places:
        return None
    at = chooser.choice(places)
    written = title[:at] + _SOUNDS[title[at]] + title[at + 1 :]
    return Written("错字同音", f"{written}{article.label}", (_node(article),), slip=True)


def _swapped(article: Article, chooser: random.Random) -> Written | None:
    title = article.law.title
    places = [at for at in range(len(title) - 1) if title[at] != title[at + 1]]
    if len(title_key(title)) < 4 or "（" in title or "《" in title or "、" in title:
        return None
    at = chooser.choice(places)
    written = title[:at] + title[at + 1] + title[at] + title[at + 2 :]
    return Written("错字颠倒", f"《{written}》{article.label}", (_node(article),), slip=True)


def _dropped(article: Article, chooser: random.Random) -> Written | None:
    title = article.law.title
    if len(title_key(title)) < 9 or "（" in title or "《" in title:
        return None
    at = chooser.randrange(1, len(title) - 2)
    written = title[:at] + title[at + 1 :]
    return Written("错字漏字", f"《{written}》{article.label}", (_node(article),), slip=True)


def _misheard_number(article: Article, _: random.Random) -> Written | None:
    number = to_chinese(article.number or 0)
    if article.suffix or not number.startswith("十") or len(number) < 2:
        return None
    return Written("数字是三", f"{article.law.title}第是{number[1:]}条", (_node(article),), slip=True)
