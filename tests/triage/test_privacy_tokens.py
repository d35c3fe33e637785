"""Tokens, and what the masker learned from the planted corpus. Every person and number here is made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.privacy import mask
from triage.privacy.masker import find_personal
from triage.privacy.spoken import told_as_digits
from triage.privacy.tokens import new_token, tokenise, without_tokens

TEXT = "我叫王小红，电话13800138000，再说一遍13800138000"


def test_tokens_are_typed_and_equal_values_share_one() -> None:
    tokenised = tokenise(TEXT)
    name, phone = tokenised.secrets
    assert (name.value, phone.value) == ("王小红", "13800138000")
    expected = f"我叫〔姓名#{name.token}〕，电话〔手机号#{phone.token}〕，再说一遍〔手机号#{phone.token}〕"
    assert tokenised.text == expected
    assert without_tokens(tokenised.text) == mask(TEXT).text
    assert "13800138000" not in repr(tokenised)


def test_the_plain_masker_hands_out_no_token() -> None:
    assert "#" not in mask(TEXT).text


def test_a_token_in_the_text_of_a_citizen_is_made_plain() -> None:
    assert tokenise("见〔手机号#ABCDEFGHJK〕").text == "见〔手机号〕"


def test_a_tokenised_text_is_masked_already() -> None:
    text = tokenise(TEXT).text
    assert mask(text).text == text
    assert find_personal(text) == ()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["13800138000", "王小红", "我叫", "，", "3栋501室", "〔姓名〕", "a@b.cn", "\ud800"])
    )
)
def test_the_secrets_give_the_text_back(pieces: list[str]) -> None:
    text = "".join(pieces)
    tokenised = tokenise(text)
    back = tokenised.text
    for secret in tokenised.secrets:
        back = back.replace(f"〔{secret.kind}#{secret.token}〕", secret.value)
    assert back == text


def test_tokens_do_not_repeat() -> None:
    assert len({new_token() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("发到li.ming@邮箱.中国。", "发到〔邮箱〕。"),
        ("我的邮箱小张46@邮局.中国", "我的邮箱〔邮箱〕"),
        ("写信到x8艾特qq点com", "写信到〔邮箱〕"),
        ("邮箱a_b[at]gmail[dot]com", "邮箱〔邮箱〕"),
        ("护照E12345678丢了", "护照〔出入境证件号〕丢了"),
        ("台胞证12345678", "台胞证〔出入境证件号〕"),
        ("订单E12345678没发货", "订单E12345678没发货"),
        ("办护照，订单号E12345678", "办护照，订单号E12345678"),
        ("身份证四三零一零二一九九零零一零一一二三四", "身份证〔身份证号〕"),
        ("身份证430102900101123", "身份证〔身份证号〕"),
        ("QQ三四四三三", "QQ〔QQ号〕"),
        ("座机零七三一八二三三四四五五", "座机〔固定电话〕"),
        ("打+86-731-82334455", "打〔固定电话〕"),
        ("电话88832726一直没有人接", "电话〔固定电话〕一直没有人接"),
        ("我儿子詹华军今年八岁", "我儿子〔姓名〕今年八岁"),
        ("陈永清小朋友", "〔姓名〕小朋友"),
        ("包工头蔡涛拖欠工资", "包工头〔姓名〕拖欠工资"),
        ("我孙子迪力夏提·艾山（七岁）", "我孙子〔姓名〕（七岁）"),
        ("孩子成长的环境，小孩何来快乐", "孩子成长的环境，小孩何来快乐"),
        ("老板不退钱，房东常年不在", "老板不退钱，房东常年不在"),
        ("居民安静的休息", "居民安静的休息"),
        ("8号楼2701户漏水", "〔详细地址〕漏水"),
        ("12栋724户居民", "12栋724户居民"),
        ("20#4-2503", "〔详细地址〕"),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_only_long_runs_of_told_digits_become_digits() -> None:
    assert told_as_digits("一三八零零一三八") == "13800138"
    assert told_as_digits("三单元五零二室，二十三户") == "三单元五零二室，二十三户"
    assert told_as_digits("82345678一直") == "82345678一直"
