"""Masking. Every person, number and address here is made up."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import LOOKALIKES, STRUCTURED, VAGUE, Planted, planted

import triage.privacy
from triage.privacy import mask
from triage.privacy.documents import has_right_check_character, passes_luhn
from triage.text import normalise
from triage.values import PiiKind


def masked_share(sample: list[Planted]) -> dict[PiiKind, float]:
    """For each kind, the share of planted secrets of which no character survives."""
    right: Counter[PiiKind] = Counter()
    total: Counter[PiiKind] = Counter()
    for item in sample:
        total[item.kind] += 1
        expected = item.text.replace(item.secret, f"〔{item.kind.value}〕", 1)
        right[item.kind] += mask(item.text).text == expected
    return {kind: right[kind] / total[kind] for kind in total}


def test_recall_of_structured_kinds() -> None:
    shares = masked_share(list(planted(STRUCTURED, 400)))
    assert min(shares.values()) >= 0.99, shares


def test_recall_of_names_and_addresses() -> None:
    shares = masked_share(list(planted(VAGUE, 600)))
    assert min(shares.values()) >= 0.85, shares


def test_recall_after_normalising() -> None:
    sample = [*planted(STRUCTURED, 100), *planted(VAGUE, 100)]
    kept = [item for item in sample if f"〔{item.kind.value}〕" not in mask(normalise(item.text)).text]
    assert len(kept) <= 0.02 * len(sample), kept[:5]


def test_false_masks_on_lookalikes() -> None:
    wrong = {text: mask(text).text for text in LOOKALIKES if mask(text).text != text}
    lost = sum(len(text) for text in wrong)
    assert lost <= 0.02 * sum(map(len, LOOKALIKES)), wrong


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000", "电话〔手机号〕"),
        ("１３８－００１３－８０００", "〔手机号〕"),
        ("幺三八零零幺三八零零零", "〔手机号〕"),
        ("138****8000", "〔手机号〕"),
        ("1380013800013900139000", "〔手机号〕"),
        ("请拨打82345678、82345679", "请拨打〔固定电话〕、〔固定电话〕"),
        ("电话费1200000元", "电话费1200000元"),
        ("身份证430102199001011234", "身份证〔身份证号〕"),
        ("粤 b·12345 乱停", "〔车牌号〕 乱停"),
        ("人民路12号幸福小区3栋2单元501室漏水", "人民路〔详细地址〕幸福小区〔详细地址〕漏水"),
        ("幸福村三组58号", "幸福村三组〔详细地址〕"),
        ("人民路128号5楼漏水", "人民路〔详细地址〕漏水"),
        ("加Q 99887766", "加Q 〔QQ号〕"),
        ("幸福小区12楼3户", "幸福小区〔详细地址〕"),
        ("王先生和李女士来过，张某没来", "〔姓名〕先生和〔姓名〕女士来过，〔姓名〕没来"),
        ("投诉人：张小红、李国强、王芳等", "投诉人：〔姓名〕、〔姓名〕、〔姓名〕等"),
        ("张某是房东，谢某芝说不管", "〔姓名〕是房东，〔姓名〕说不管"),
        ("张书记：您好", "张书记：您好"),
        ("感谢王局长，谢谢李主任", "感谢王局长，谢谢李主任"),
        ("\n欧阳小红女士", "\n〔姓名〕女士"),
        ("村书记曾照明，贪污", "村书记〔姓名〕，贪污"),
        ("3栋水果店占道", "3栋水果店占道"),
        ("12345和12315都打了", "12345和12315都打了"),
        ("", ""),
    ],
)
def test_mask(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_spans_stand_on_the_placeholders() -> None:
    masked = mask("我叫张小红，电话13800138000，住幸福小区3栋501室，车牌湘A12345")
    assert [masked.text[span.start : span.end] for span in masked.spans] == [
        f"〔{span.kind.value}〕" for span in masked.spans
    ]
    assert [span.kind for span in masked.spans] == [
        PiiKind.NAME,
        PiiKind.MOBILE,
        PiiKind.ADDRESS,
        PiiKind.PLATE,
    ]


PIECES = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.text("0123456789 -.xX*", max_size=22),
        st.text("王李张某先生女士姓名：我叫本人业主，。电话微信号栋单元室路村组楼一二三〔〕湘A", max_size=14),
        st.sampled_from(
            [
                "13800138000",
                "〔手机号〕",
                "〔姓名〕",
                "430102199001011234",
                "3栋501",
                "a@b.cn",
                "\u200b",
                "\ud800",
            ]
        ),
    ),
    max_size=14,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(PIECES)
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == once


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "13",
        "1 ",
        "张",
        "王某",
        "路",
        "3栋",
        "一二三",
        "a@",
        "a.",
        "微信",
        "0731-",
        "6222 ",
        "粤A",
        "我叫张",
        "住在",
        "电话",
        "〔手机号〕",
        "12号",
        "1-",
        "张三先生",
        "\u200b",
        "我儿子",
        "我儿子张",
        "艾特",
        "a点",
        "一二三四五 ",
        "阿·",
        "E1 ",
        "护照E",
        "小张@",
        "第3栋",
        "张伟小",
        "老板阿里",
    ],
)
def test_long_hostile_text(piece: str) -> None:
    mask(piece * (100_000 // len(piece)))


def test_a_megabyte() -> None:
    text = "我叫张小红，电话13800138000，住幸福小区3栋501室，车牌湘A12345。" * 25_000
    assert mask(text).text.count("〔手机号〕") == 25_000


def test_check_digits_against_known_numbers() -> None:
    assert has_right_check_character("11010519491231002X")  # The example of GB 11643-1999.
    assert not has_right_check_character("110105194912310021")
    assert passes_luhn("79927398713")  # The usual example of the Luhn check.
    assert not passes_luhn("79927398710")


@pytest.mark.data
def test_nothing_structured_survives_in_real_messages(data_dir: Path) -> None:
    lines = (data_dir / "petition" / "dispatch_gold_dev.jsonl").read_text("utf-8").splitlines()
    survivors = 0
    for line in lines:
        row = json.loads(line)
        text = mask(f"{row.get('title') or ''}\n{row['text']}").text
        for pattern in (
            r"(?<!\d)1[3-9]\d{9}(?!\d)",
            r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)",
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼楚][A-Za-z][A-Za-z0-9]{4}[A-Za-z0-9挂学警]",
        ):
            survivors += len(re.findall(pattern, text))
    assert len(lines) == 893
    assert survivors == 0  # Only the count: the text of a citizen belongs in no log.


def test_a_name_behind_a_comma_is_masked() -> None:
    assert mask("本人姓名，罗青，请查一查").text == "本人姓名，〔姓名〕，请查一查"
    assert mask("本人姓名，高度重视").text == "本人姓名，高度重视"


def test_nothing_that_masking_remembers_comes_from_a_text() -> None:
    """A number that is masked must not live on in a cache: what is memoised takes no argument."""
    names = [one.name for one in pkgutil.iter_modules(triage.privacy.__path__, "triage.privacy.")]
    remembering = [
        found
        for name in names
        for found in vars(importlib.import_module(name)).values()
        if hasattr(found, "cache_info") and found.__module__ == name
    ]
    assert remembering and not [one for one in remembering if inspect.signature(one).parameters]
