"""Identities on the net: e-mail (邮箱); WeChat (微信号) and QQ (QQ号) after a word that names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found
from triage.values import PiiKind

_USER = r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-*]{1,64}"
_AT = r" ?(?:@|[(\[【]at[)\]】]|#at#|艾特|爱特) ?"
_DOT = r" ?(?:\.|点|[(\[【]dot[)\]】]) ?"
_SIGNS = ("@", "艾特", "爱特", "at", "AT", "At", "aT")
_TOP_HAN = "(?:中国|公司|网络|网址|在线|政务|公益|香港|台湾|集团|商城|我爱你|手机|信息|中文网)"
_HOST = (
    rf"(?:[A-Za-z0-9\-]{{1,63}}(?:{_DOT}[A-Za-z0-9\-]{{1,63}}){{1,4}}"
    rf"|[A-Za-z0-9\u4e00-\u9fff\-]{{1,20}}(?:\.|。){_TOP_HAN})"
)
_EMAIL = re.compile(_USER + _AT + _HOST, re.I)
_EMAIL_HAN = re.compile(rf"(?P<han>[\u4e00-\u9fff]{{1,8}})(?P<user>[A-Za-z0-9._%+\-]{{0,30}})@{_HOST}", re.I)
_LONGEST_HAN_USER = 4
_BEFORE_USER = re.compile(r".*[至到是为箱用往给过把将寄送件]")
_WECHAT = re.compile(
    r"(?:微信|威信|薇信|微心|wechat|weixin|(?<![A-Za-z0-9])(?:vx|wx|v信|[+加]v|加微))"
    r"(?P<gap>(?:号码|账号|帐号|号|同号|id|是|为|叫|加|搜|:|：|=|\(|（| ){0,5})"
    r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{5,19}|[0-9]{6,11})(?![A-Za-z0-9_])",
    re.I,
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:qq|[+加]q)|扣扣|企鹅号)(?:(?:号码|号|群|是|为|加|:|：|=|\(|（| ){0,5})"
    r"(?P<id>[1-9][0-9]{4,10}|[1-9][0-9]{1,4}(?:[ \-][0-9]{2,7}){1,3})(?![0-9]| ?[年月日元号人户栋])",
    re.I,
)
_NO_IDENTITY = frozenset(["wechat", "weixin", "alipay", "iphone", "android"])


def find_emails(view: str) -> Iterator[Found]:
    """E-mail addresses, also with a Chinese user or domain, and as spelt to hide them (艾特, [at], 点)."""
    if not any(sign in view for sign in _SIGNS):
        return
    for match in _EMAIL_HAN.finditer(view):
        cut = _BEFORE_USER.match(match["han"])
        start = match.start() + (len(cut.group()) if cut else 0)
        # Without a word such as 到 or 邮箱 before it, where a Chinese user's name begins is not known.
        if match.end("han") - start > _LONGEST_HAN_USER:
            start = match.end("han")
        if start < match.end("user"):
            yield Found(start, match.end(), PiiKind.EMAIL)
    for match in _EMAIL.finditer(view):
        yield Found(*match.span(), PiiKind.EMAIL)


def find_wechat(view: str) -> Iterator[Found]:
    """WeChat ids after 微信, VX, wx, 加V: a word of letters alone counts only after a colon or 号."""
    for match in _WECHAT.finditer(view):
        identity = match["id"]
        if identity.lower() in _NO_IDENTITY or (identity.isalpha() and not match["gap"].strip()):
            continue
        yield Found(*match.span("id"), PiiKind.WECHAT)


def find_qq(view: str) -> Iterator[Found]:
    """QQ numbers and QQ groups after the letters QQ or 扣扣."""
    for match in _QQ.finditer(view):
        if 5 <= sum(character.isdigit() for character in match["id"]) <= 11:
            yield Found(*match.span("id"), PiiKind.QQ)
