"""Names after a word for a person (我儿子…, 包工头…, 学生…) that go straight on into the sentence.

After such a word mostly no name follows (老板不退钱), so the characters must be ones that given names are
made of, and what comes next must be able to follow a person. Children's names (未成年人) come this way most
often. Names in other languages (买买提, 扎西多吉) are known by their syllables, after the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found
from triage.privacy.given import COMMON_IN_NAMES, TRANSLITERATED
from triage.privacy.surnames import COMMON, COMPOUND, NOT_NAMES, RARE
from triage.values import PiiKind

_HAN = "\u4e00-\u9fff"
_KIN = (
    "儿子|女儿|孙子|孙女|外孙女|外孙|孩子|小孩|宝宝|弟弟|妹妹|哥哥|姐姐|侄子|侄女|外甥|父亲|母亲|爸爸|妈妈|爷爷|奶奶|外公|外婆|岳父|"
    "岳母|公公|婆婆|丈夫|妻子|老公|老婆|爱人|儿媳|女婿|我爸|我妈|我父|我母"
)
_ROLES = (
    "包工头|工头|老板娘|老板|房东|租客|租户|业主|户主|村民|居民|邻居|司机|师傅|学生|同学|学员|幼儿|儿童|员工|职工|工人|工友|同事|患者|"
    "病人|法人|法定代表人|法人代表|经理|负责人|店主|店长|中介|村长|组长|队长|书记|主任|会计|老师|教师|班主任|医生|护士|民警|交警|城管|保安|"
    "经办人|办事员|干部|当事人|受害人|肇事者|施工方|开发商|物业经理|项目经理|联系人|投诉人|举报人|反映人|申请人|我叫|我是|本人|名叫|叫做|找"
)
_GIVEN = "".join(sorted(COMMON_IN_NAMES))
_SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(COMMON | RARE))}])"
_NAME = rf"(?P<name>{_SURNAME}(?:某(?:某|[{_GIVEN}](?![{_GIVEN}]))?|[{_GIVEN}]{{1,2}}?))"
_NEXT = (
    rf"(?=[^{_HAN}]|$|先生|女士|小姐|同学|老师|今年|现年|年龄|男|女|不(?!锈|动|少)|没|未|无|在|把|被|将|让|叫|是|因|从|去|到|来|向|跟|和|与|"
    "及|等|的|家|占|欠|收|拿|骗|打|说|称|要|拖|私|擅|强|长期|经常|多次|一直|总|天天|每|又|再|已|于|患|得了|住|态度|拒|经手|名下|手机|电话|身份|"
    "出生|读|就读|上学|上(?!涨|升|海|面|级)|摔|受伤|失踪|走失|生病|死|去世|瘫|残|办|报|申请|反映|投诉|起诉|承诺|答应|负责|承包|经营|开|养|乱|违)"
)
_LEVEL = "(?:[一二三四五六]年级|大班|中班|小班|初[一二三]|高[一二三])?"
_KIN_NAME = re.compile(rf"(?:{_KIN}|{_ROLES})(?:叫做?|名叫|名字叫?|姓名|是)?[:： “\"]?{_NAME}{_NEXT}")
_CALLED = re.compile(
    rf"(?P<name>{_SURNAME}(?:某[某{_GIVEN}]|[{_GIVEN}]{{1,2}}?))(?:小朋友|同学|小同学|先生|女士|宝宝)"
)
_OTHER = "".join(sorted(set(TRANSLITERATED)))
_FOREIGN = re.compile(
    rf"(?:{_KIN}|{_ROLES}|姓名)(?:叫做?|名叫|是|为|姓名)?[:： ]?"
    rf"(?P<name>[{_OTHER}][{_HAN}]{{1,5}}[·•][{_HAN}]{{2,6}}?|[{_OTHER}]{{3,5}}?){_NEXT}"
)
_FOREIGN_CALLED = re.compile(
    rf"(?<![{_HAN}])(?P<name>[{_OTHER}]{{2,6}}(?:[·•][{_OTHER}]{{2,6}})?)(?:小朋友|同学|先生|女士)"
)
_DOTTED = re.compile(rf"(?<![{_HAN}])(?P<name>[{_OTHER}]{{2,6}}[·•][{_OTHER}]{{2,6}})")


def find_kin_names(view: str) -> Iterator[Found]:
    """Names after kin and roles, before 小朋友 and 同学, and names from other languages after such words."""
    for pattern in (_KIN_NAME, _CALLED):
        for match in pattern.finditer(view):
            if _may_be_name(match["name"], view, match.end("name")):
                yield Found(*match.span("name"), PiiKind.NAME)
    for pattern in (_FOREIGN, _FOREIGN_CALLED, _DOTTED):
        for match in pattern.finditer(view):
            if match["name"].startswith("多次"):
                continue
            yield Found(*match.span("name"), PiiKind.NAME)


def _may_be_name(name: str, view: str, end: int) -> bool:
    """No everyday word at either end, nor across the end (房东安 排 …)."""
    across = name[-1] + view[end : end + 1]
    return not ({name[:2], name[-2:], across} & NOT_NAMES)
