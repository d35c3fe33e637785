from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legal_corpus.citation import find_all, format_citation, parse, parse_label
from legal_corpus.values import Citation, Unresolved

COURT = "最高人民法院关于适用《样例法》若干问题的规定（二）"
TITLES = st.text("样例甲乙丙管理保护", min_size=1, max_size=12).map(
    lambda name: name + "法"
) | st.sampled_from(
    ["民法典", "刑法（2020年修订）", "最高法院关于适用《样例法》若干问题的解释（一）", "甲市条例（试行）", ""]
)
CITATIONS = st.builds(
    Citation,
    TITLES,
    st.integers(1, 1500),
    st.integers(0, 20),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(1, 40),
)


@given(CITATIONS)
def test_parse_is_the_inverse_of_format(citation: Citation) -> None:
    assert parse(format_citation(citation)) == citation
    assert [found.citation for found in find_all("说明：" + format_citation(citation) + "。")] == [citation]


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        ("《民法典》第九百四十二条", Citation("民法典", 942)),
        ("民法典942条", Citation("民法典", 942)),
        ("民法典九百四十二条", Citation("民法典", 942)),
        ("物业管理条例第三十五条第一款", Citation("物业管理条例", 35, 0, 1)),
        ("中华人民共和国劳动合同法第82条", Citation("中华人民共和国劳动合同法", 82)),
        ("刑法第一百二十条之一", Citation("刑法", 120, 1)),
        ("刑法第120条之1第2款第(3)项", Citation("刑法", 120, 1, 2, 3)),
        ("《刑法》（2020年修订）第３条", Citation("刑法（2020年修订）", 3)),
        (" 劳动法 第 三十九 条 第 2 款 ", Citation("劳动法", 39, 0, 2)),
        ("根据《消费者权益保护法》第五十五条。", Citation("消费者权益保护法", 55)),
        ("本法第三条", Citation("", 3)),
        ("涉外样例关系法律适用法第3条", Citation("涉外样例关系法律适用法", 3)),
        (
            "最高人民法院关于适用《样例法》若干问题的规定（二）9条",
            Citation("最高人民法院关于适用《样例法》若干问题的规定（二）", 9),
        ),
        ("外国企业或者个人样例办法第8条", Citation("外国企业或者个人样例办法", 8)),
        ("民法典第十条第七项", Citation("民法典", 10, 0, None, 7)),
    ],
)
def test_surface_forms(text: str, citation: Citation) -> None:
    assert parse(text) == citation


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "没有写引用的内容"),
        ("民法典", "没有写第几条"),
        ("第三条", "没有写是哪部法律"),
        ("民法典第三条怎么说的", "条号后面还有别的内容"),
        ("民法典第十百条", "数字读不懂"),
        ("啊" * 500, "太长"),
    ],
)
def test_says_what_is_missing(text: str, reason: str) -> None:
    found = parse(text)
    assert isinstance(found, Unresolved)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # 合同法 ends like 同法 (that law): once read as the law before, or as none.
        ("劳动合同法第三十条", ["《劳动合同法》第三十条"]),
        ("合同法第五条，同法第六条", ["《合同法》第五条", "《合同法》第六条"]),
        ("违反劳动法第五十条和劳动合同法第三十条", ["《劳动法》第五十条", "《劳动合同法》第三十条"]),
        ("劳动法第五十条；劳动合同法第三十条", ["《劳动法》第五十条", "《劳动合同法》第三十条"]),
    ],
)
def test_each_citation_of_a_row_has_its_own_law(text: str, found: list[str]) -> None:
    assert [format_citation(one.citation) for one in find_all(text)] == found


def test_find_all_in_running_text() -> None:
    text = (
        "根据《物业管理条例》第三十五条第一款和第三十六条，以及民法典第九百四十二条、第九百四十三条的规定，"
        "该法第十条也适用。合同第三条约定，依据规定第五条；违反本办法第六条。"
    )
    found = find_all(text)
    assert [(one.citation.law, one.citation.article) for one in found] == [
        ("物业管理条例", 35), ("物业管理条例", 36), ("民法典", 942), ("民法典", 943), ("民法典", 10), ("", 6),
    ]  # fmt: skip
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize(
    ("text", "laws"),
    [
        (
            "按最高人民法院关于适用《样例法》若干问题的规定（二）第九条办",
            ["最高人民法院关于适用《样例法》若干问题的规定（二）"],
        ),
        ("见《样例法》若干问题的规定（二）第九条", []),
        ("适用样例关系法律适用法第三条", ["样例关系法律适用法"]),
    ],
)
def test_titles_that_hold_other_titles(text: str, laws: list[str]) -> None:
    assert [found.citation.law for found in find_all(text)] == laws


def test_a_megabyte_is_no_trap() -> None:
    assert find_all("（一" * 300_000) == []
    assert len(find_all("《甲法》第一条。" * 2000)) == 2000


@given(st.text(max_size=80))
def test_never_fails(text: str) -> None:
    assert isinstance(parse(text), Citation | Unresolved)
    for found in find_all(text):
        assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    ("label", "numbers"),
    [("第一百二十条之一", (120, 1)), ("第3条", (3, 0)), ("第三条第一款", None), ("三", None)],
)
def test_labels(label: str, numbers: tuple[int, int] | None) -> None:
    assert parse_label(label) == numbers
