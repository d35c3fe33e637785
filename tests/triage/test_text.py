"""Normalising, composing and refusing complaints. All texts here are ours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import BadComplaint
from triage.markup import strip_markup
from triage.text import MAX_CHARACTERS, check_complaint, compose, normalise

PIECES = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [
                "<b>",
                "</p>",
                "<script>",
                "</script>",
                "<!--",
                "-->",
                "&amp;",
                "&lt;",
                "&nbsp;",
                "&#60;",
                "<",
                ">",
                "&",
                " ",
                "\u3000",
                "\n",
                "，",
                ",",
                "!",
                "！！",
                "......",
                "燒",
                "烤",
                "乾",
                "薴",
                "１３８",
                "\u200b",
                "\ud800",
                "😀",
            ]
        ),
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("１３８　ＡＢ", "138 AB"),
        ("電話號碼無人接聽", "电话号码无人接听"),
        ("路燈 不 亮 了", "路灯不亮了"),
        ("太吵了！！！！！", "太吵了！"),
        ("你好,領導:路燈壞了!", "你好，领导：路灯坏了！"),
        ("等了3,500天", "等了3,500天"),
        ("\u202e路\u200b灯\ufeff不亮😡👍🏻", "路灯不亮"),
        ("温度<5度&停暖", "温度＜5度＆停暖"),
        ("第一段\r\n\r\n\r\n第二段", "第一段\n第二段"),
        ("…………没人管————", "……没人管——"),
        ("㎡①℃", "㎡①℃"),
        ("\ud800路灯\x00坏", "路灯坏"),
    ],
)
def test_normalise(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>楼下<b>烧烤</b>太吵</p>", "楼下烧烤太吵"),
        ("前<script>alert('</p>');var x=\"<b>\"</script>后", "前后"),
        ("前<SCRIPT src='x'>bad()</ScRiPt >后", "前后"),
        ("前<style>.a{color:red}</style>后<!-- 注释 <b> -->完", "前后完"),
        ('<img src="x>y" onerror="alert(1)">看图', "看图"),
        ("一行<br/>二行", "一行\n二行"),
        ("噪音&gt;60分贝&amp;nbsp;太吵", "噪音＞60分贝太吵"),
        ("a<b 且 <张三> 说", "a＜b 且＜张三＞说"),
        ("没关的<script>也留下这句话", "没关的也留下这句话"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;路灯", "路灯"),
    ],
)
def test_markup_is_removed_and_words_stay(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@settings(max_examples=400, deadline=None)
@given(PIECES)
def test_normalise_is_idempotent_and_leaves_no_markup(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert not set("<>&") & set(once)


@settings(deadline=None)
@given(st.text(alphabet=st.characters()))
def test_normalise_never_raises(text: str) -> None:
    normalise(text).encode()  # No lone surrogate is left either.


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "<script>", "</", "&", "&amp;", '<a "', "烧烤 ", "!", " \n", "&lt;", "<script></p>"],
)
def test_a_megabyte_of_hostile_text(piece: str) -> None:
    normalise(piece * (1_000_000 // len(piece)))


def test_strip_markup_keeps_a_less_than() -> None:
    assert strip_markup("3<5 且 a<b") == "3<5 且 a<b"


@pytest.mark.parametrize(
    ("title", "text", "composed"),
    [
        ("路灯不亮", "已经三天", "路灯不亮\n已经三天"),
        ("", "已经三天", "已经三天"),
        ("路灯不亮", "", "路灯不亮"),
        ("路灯不亮", "路灯不亮", "路灯不亮"),
        ("路灯不亮", "路灯不亮。已经三天", "路灯不亮\n已经三天"),
        ("路灯不亮", "路灯不亮了三天", "路灯不亮\n路灯不亮了三天"),
        (" 路灯\n不亮 ", " 三天 ", "路灯 不亮\n三天"),
    ],
)
def test_compose(title: str, text: str, composed: str) -> None:
    assert compose(title, text) == composed


def test_a_good_complaint_passes() -> None:
    check_complaint("路灯不亮")
    check_complaint("路灯不亮\n" * 1000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有文字"),
        (" \n\u3000", "没有文字"),
        ("！！！……", "只有标点、空白或表情符号"),
        ("😡😡", "只有标点、空白或表情符号"),
        ("<script>x()</script>", "只有标点、空白或表情符号"),
        ("字" * (MAX_CHARACTERS + 1), f"{MAX_CHARACTERS + 1} 个字"),
        ("PK\x03\x04\x00\x00\x08\x00\x1f\x02", "个控制字符或乱码"),
        ("\ufffd\ufffd\ufffd锟斤拷", "个控制字符或乱码"),
    ],
)
def test_a_bad_complaint_says_why(text: str, said: str) -> None:
    with pytest.raises(BadComplaint) as caught:
        check_complaint(text)
    assert said in str(caught.value)
    assert "应为" in str(caught.value)
