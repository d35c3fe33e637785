"""Names of people (姓名), best effort and by cue: a name that nothing announces is not found.

Cues: a field (姓名：, 联系人, 申请人), an introduction (我叫, 本人, 业主), a form of address (王先生,
李女士), 某 (张某, 谢某芝) and stars (张*凤). A surname with an official's title (张书记, 王局长) stays: it
addresses an office, not a person; an official's full name is masked and the title stays. The words after
the cue must open with a surname and end where a name can end, since a false mask takes words from the
router.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found
from triage.privacy.kin import find_kin_names
from triage.privacy.surnames import COMMON, COMPOUND, NOT_IN_TITLES, NOT_NAMES
from triage.values import PiiKind

_HAN = "\u4e00-\u9fff"
_SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(COMMON))}于向时应尹单宫沙米岩代])"
_COMMON_SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(COMMON))}])"
_NAME = rf"(?P<name>{_SURNAME}[{_HAN}]{{1,2}}?)"
_COMMON_NAME = rf"(?P<name>{_COMMON_SURNAME}[{_HAN}]{{1,2}}?)"
_AFTER_NAME = (
    r"(?=[^\u4e00-\u9fff]|$|男|女|电话|手机|联系|身份证|住址|家住|现住|住在|地址|性别|年龄|系|是|今年|出生|反映|投诉|举报|来电"
    r"|微信|车牌|银行卡|邮箱|先生|女士|小姐|同志|于[0-9]|在|户籍|户口|本人|及|和|与|代表|等人|等[0-9])"
)
_STRONG_END = r"(?=[^\u4e00-\u9fff]|$|男|女|电话|手机|联系|身份证|系[^统列]|家住|先生|女士|小姐|今年[0-9])"

_FIELD = re.compile(
    r"(?:姓名|联系人|投诉人|举报人|反映人|反应人|申请人|当事人|来电人|诉求人|求助人|报案人|受害人|被害人|死者|伤者|法定代表人|法人代表|"
    r"委托人|签名|署名|留言人|写信人|信访人|承租人|出租人|买受人|买家|卖家|经办人|收件人|寄件人|持卡人|户名|车主|原告|被告|"
    r"负责人|我的名字|本人名字|名字)(?:姓名)?(?:是|为|叫|叫做|:|：|\(|（|“| |系){0,3}" + _NAME + _AFTER_NAME
)
_LABELLED = re.compile(
    r"(?:业主|户主|法人|经理|老板|房东|村民|居民|店主|队长|组长|家长|学生|职工|员工|租户|店长|司机|患者|老师|妻子|丈夫|爱人|父亲|母亲|"
    r"儿子|女儿|我爸|我妈|我父亲|我母亲)(?:姓名)?[:： ]{1,2}" + _NAME + _STRONG_END
)
_INTRODUCTION = re.compile(
    r"(?:我叫做?|本人叫|我名叫|名叫|名字叫做?|叫做|我是|我系|本人是|本人系|本人姓名|我的名字(?:是|叫做?))"
    r"(?:[:： “]|(?<=姓名)[，,])?" + _COMMON_NAME + _AFTER_NAME
)
_ROLE = re.compile(
    r"(?:本人|业主|户主|法人|经理|老板|房东|村民|居民|店主|家长|职工|员工|司机|患者|民警|妻子|丈夫|爱人|父亲|母亲|儿子|女儿|老公|老婆|"
    r"我爸|我妈|书记|主任|村长|组长|队长)" + _COMMON_NAME + _STRONG_END
)
_ADDRESSED = re.compile(
    rf"(?P<name>{_COMMON_SURNAME}(?:[{_HAN}]{{1,2}})??)(?:先生|女士|小姐|太太|阿姨|大爷|大妈|大姐|大哥|叔叔|奶奶|爷爷|老师傅|师傅|同志|同学)"
)
_OFFICIAL = re.compile(
    rf"(?<![{_HAN}])(?P<name>{_COMMON_SURNAME}[{_HAN}]{{2}})"
    r"(?:副?(?:书记|市长|县长|区长|镇长|乡长|局长|主任|科长|处长|所长|队长|校长|院长|厅长|省长|部长|会长|行长|站长)|老师|医生|教授|律师|法官|警官|民警|教练)"
)
_SOME = re.compile(
    rf"(?<![位处关由对属居归某])(?P<name>{_COMMON_SURNAME}某(?:某|(?![村镇市县区路街的是在因于等说称])[{_HAN}](?=[^\u4e00-\u9fff]|$|的|是|在|因|于|等|说|称))?)"
    r"(?!些|种|个|天|年|日|地|处|公司|小区|单位|部门|项目|人|月|村|镇|市)"
)
_STARRED = re.compile(
    rf"(?P<name>{_COMMON_SURNAME}[*×＊]{{1,2}}[{_HAN}]?)(?=[^\u4e00-\u9fff]|$|的|是|先生|女士)"
)
_LISTED = re.compile("、" + _COMMON_NAME + rf"(?=[^{_HAN}]|$|等)")
_FUNCTION_WORDS = frozenset("的了着过我你他她们这那也都不没有是在就被把让将已要很最两几各")


def find_names(view: str) -> Iterator[Found]:
    """Names of people after a cue."""
    for pattern in (_FIELD, _LABELLED, _INTRODUCTION, _ROLE):
        for match in pattern.finditer(view):
            if _reads_as_name(match["name"]):
                yield Found(*match.span("name"), PiiKind.NAME)
                yield from _listed_after(view, match.end("name"))
    for match in _ADDRESSED.finditer(view):
        name = match["name"]
        if _reads_as_name(name) and name[0] not in NOT_IN_TITLES:
            yield Found(*match.span("name"), PiiKind.NAME)
    for match in _OFFICIAL.finditer(view):
        name = match["name"]
        # 谢谢王书记, 请张局长: the last character is the surname, not the end of a name.
        if _reads_as_name(name) and name[-1] not in COMMON and name[0] not in NOT_IN_TITLES:
            yield Found(*match.span("name"), PiiKind.NAME)
    yield from find_kin_names(view)
    for pattern in (_SOME, _STARRED):
        for match in pattern.finditer(view):
            yield Found(*match.span("name"), PiiKind.NAME)


def _listed_after(view: str, end: int) -> Iterator[Found]:
    """Names that go on with a 、 after the first."""
    while (match := _LISTED.match(view, end)) is not None and _reads_as_name(match["name"]):
        yield Found(*match.span("name"), PiiKind.NAME)
        end = match.end("name")


def _reads_as_name(name: str) -> bool:
    """Whether no everyday word stands at its start or its end, and no function word inside."""
    if any(character in _FUNCTION_WORDS for character in name[1:]):
        return False
    return name[:2] not in NOT_NAMES and name[-2:] not in NOT_NAMES
