from __future__ import annotations

from datetime import date

import pytest

from legal_corpus.dates import first_day, latest_change, read_date
from legal_corpus.drafts import ArticleDraft
from legal_corpus.markdown import read_markdown
from legal_corpus.repeal import repeals

HEAD = "# 样例法\n\n2020年1月1日 通过\n\n<!-- INFO END -->\n\n"


def labels(text: str) -> list[str]:
    return [article.label for article in read_markdown(text).articles]


def test_articles_paragraphs_and_chapters() -> None:
    law = read_markdown(
        HEAD + "## 第一章　总　则\n\n​\n第一条 甲。\n\n乙。\n\n### 第一节 细\n\n第二条之一　丙。\n"
    )
    assert law.title == "样例法"
    assert law.notes == ("2020年1月1日 通过",)
    assert [(one.number, one.suffix, one.text, one.chapter) for one in law.articles] == [
        (1, 0, "甲。\n乙。", "第一章 总 则"),
        (2, 1, "丙。", "第一章 总 则 / 第一节 细"),
    ]


@pytest.mark.parametrize("mark", ["目录", "目　录", "## 目录"])
def test_a_table_of_contents_gives_no_articles(mark: str) -> None:
    contents = f"{mark}\n\n第一章 总则\n\n第一条 目的\n\n第二条 范围\n\n附则\n\n"
    body = "第一章 总则\n\n第一条 为了样例。\n\n第二条 适用于样例。\n"
    law = read_markdown(HEAD + contents + body)
    assert [(one.label, one.text) for one in law.articles] == [
        ("第一条", "为了样例。"),
        ("第二条", "适用于样例。"),
    ]


def test_preamble_annex_and_unmarked_heading() -> None:
    law = read_markdown(
        HEAD + "序言的话。\n\n第一条 甲。\n\n小节之名\n\n第二条 乙。\n\n附件：\n\n第一条 表中的话\n"
    )
    assert [(one.kind, one.label) for one in law.articles] == [
        ("preamble", "序言"), ("article", "第一条"), ("article", "第二条"), ("annex", "附件"),
    ]  # fmt: skip
    assert law.articles[1].text == "甲。"
    assert law.articles[2].chapter == "小节之名"


def test_articles_run_together_are_split() -> None:
    assert labels(HEAD + "第一条 甲。 第二条 乙。 第四条 不是下一条。\n") == ["第一条", "第二条"]


def test_a_repeated_number_is_a_defect() -> None:
    law = read_markdown(HEAD + "第一条 甲。\n\n第一条 又一个。\n")
    assert len(law.articles) == 1
    assert "又一个" in law.articles[0].text
    assert "第一条重复出现" in law.defects[0]


def test_a_decision_without_articles_has_items() -> None:
    assert labels(HEAD + "会议决定：\n\n一、甲。\n\n二、乙。\n") == ["序言", "一", "二"]


@pytest.mark.parametrize("text", ["2021年1月5日 通过", "二〇二一年一月五日", "2021-01-05", "20210105"])
def test_dates(text: str) -> None:
    assert read_date(text) == date(2021, 1, 5)


@pytest.mark.parametrize("text", ["", None, "2021年13月1日", "昨天", 7])
def test_no_dates(text: object) -> None:
    assert read_date(text) is None


def test_first_day_of_a_version() -> None:
    adopted, amended = "2010年1月1日 通过", "2018年3月19日 修订"
    closing = ["本条例自2010年6月1日起施行。"]
    assert first_day([adopted], closing, date(2010, 1, 1)) == date(2010, 6, 1)
    assert first_day([adopted, amended], closing, date(2018, 3, 19)) is None
    assert first_day([adopted], ["本法自公布之日起施行。"], date(2010, 1, 1)) == date(2010, 1, 1)
    assert first_day([adopted, amended], ["本法自公布之日起施行。"], date(2018, 3, 19)) is None
    assert latest_change([adopted, amended, "2019年1月1日 施行"]) == date(2018, 3, 19)


def targets(text: str) -> list[str]:
    article = ArticleDraft(9, 0, "第九条", "", "article", text)
    return [repeal.target for repeal in repeals("新法", None, [article])]


def test_repeal_clauses() -> None:
    text = "本条例自2020年1月1日起施行。1990年发布的《甲办法》和《中华人民共和国乙法（试行）》同时废止。"
    assert targets(text) == ["乙法(试行)", "甲办法"]
    assert targets("《甲办法》第三条同时废止。") == []
    assert targets("《甲办法》中有关收费的规定同时废止。") == []
    assert targets("《甲办法》适用于废止的文件。") == []
    assert targets("依照《甲办法》办理。旧规定同时废止。") == []
