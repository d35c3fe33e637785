"""Identities on the net: e-mail (邮箱); WeChat (微信号) and QQ (QQ号) after a word that names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found
from triage.values import PiiKind

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-*]{1,64} ?(?:@|\(at\)|#at#) ?[A-Za-z0-9\-]{1,63}"
    r"(?:\.[A-Za-z0-9\-]{1,63}){1,4}",
    re.I,
)
_WECHAT = re.compile(
    r"(?:微信|威信|薇信|微心|wechat|weixin|(?<![A-Za-z0-9])(?:vx|wx|v信|[+加]v|加微))"
    r"(?P<gap>(?:号码|账号|帐号|号|同号|id|是|为|叫|加|搜|:|：|=|\(|（| ){0,5})"
    r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{5,19}|[0-9]{6,11})(?![A-Za-z0-9_])",
    re.I,
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:qq|[+加]q)|扣扣|企鹅号)(?:(?:号码|号|群|是|为|加|:|：|=|\(|（| ){0,5})"
    r"(?P<id>[1-9][0-9]{4,10}|[1-9][0-9]{2,4}[ \-][0-9]{3,4}(?:[ \-][0-9]{2,4})?)(?![0-9])",
    re.I,
)
_NO_IDENTITY = frozenset(["wechat", "weixin", "alipay", "iphone", "android"])


def find_emails(view: str) -> Iterator[Found]:
    """E-mail addresses, also with a space around `@`."""
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
        yield Found(*match.span("id"), PiiKind.QQ)
