"""The one analyzer for documents and queries: Chinese characters and pairs of characters.

Every run of Chinese characters gives its characters (without function characters such as 的, 吗) and its
overlapping pairs; Latin words and numbers stay whole; an article label such as 第35条 becomes the single
token 第三十五条. A default English tokenizer would make a whole clause one token and score everything 0.
`docs/experiment_log.md` has the comparison with word segmentation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from legal_corpus.numerals import to_chinese

ANALYZER = "zh-char-pair-1"
"""Changes whenever `analyze` would give other tokens: an index made by another one is refused."""

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_NUMERAL = "〇零一二三四五六七八九十百千两"
_PIECE = re.compile(
    rf"(?P<label>第(?:[0-9]{{1,4}}|[{_NUMERAL}]{{1,9}})条(?:之[{_NUMERAL}]{{1,2}})?)"
    rf"|(?P<han>[{_HAN}]+?(?=第(?:[0-9]{{1,4}}|[{_NUMERAL}]{{1,9}})条)|[{_HAN}]+)"
    r"|(?P<other>[^\W_\u3007\u3400-\u9fff]+(?:\.[0-9]+)?)"
)
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_ARABIC = re.compile("[0-9]+")
_PARTICLES = frozenset("的了是在和与或及也还就都被把吗呢吧")
LONGEST = 40
"""A Latin word or number longer than this many characters is cut: it can only be noise."""

FUNCTION_CHARACTERS = frozenset(
    "吗呢吧啊呀嘛么我你您他她它们的了是在和与或及就都也还这那个请问怎什哪谁何如为能会要被把给让有后时到之而等"
)
"""Characters that never count alone; they still stand in pairs."""


def analyze(text: str) -> list[str]:
    """The tokens of a text, in order; the same for documents and queries."""
    tokens: list[str] = []
    for kind, piece in pieces(text):
        if kind == "han":
            tokens += [character for character in piece if character not in FUNCTION_CHARACTERS]
            tokens += [piece[start : start + 2] for start in range(len(piece) - 1)]
        else:
            tokens.append(piece)
    return tokens


def fold(text: str) -> str:
    """Full-width and compatibility forms to their ordinary ones, capitals to small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Kind (`han`, `label`, `other`) and text of every searchable piece, folded."""
    for match in _PIECE.finditer(fold(text)):
        kind = str(match.lastgroup)
        piece = match.group()
        if kind == "label":
            yield kind, _ARABIC.sub(lambda number: to_chinese(int(number.group())), piece)
        else:
            yield kind, piece if kind == "han" else piece[:LONGEST]


def words(text: str) -> list[str]:
    """The distinct words of a text for people to read, without function words and single characters."""
    import rjieba

    found: dict[str, None] = {}
    for kind, piece in pieces(text):
        for word in rjieba.cut(piece) if kind == "han" else [piece]:
            if kind != "han" or _is_telling(word):
                found[word] = None
    return list(found)


def _is_telling(word: str) -> bool:
    # The segmenter glues particles to rare characters (烟和): such a piece explains nothing.
    glued = word[:1] in _PARTICLES or word[-1:] in _PARTICLES
    return len(word) > 1 and not glued and not FUNCTION_CHARACTERS.issuperset(word)
