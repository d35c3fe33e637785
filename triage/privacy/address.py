"""Exact addresses (详细地址): what leads to one family's door.

Dispatch needs the street, the village and the housing estate, so these stay; what is masked starts at the
house number (…路N号) or at the building (N栋, N号楼) and goes down to the door (单元, 层, 室, 户). By
decision:
- a building, unit or floor without a door (`3栋旁`, `18栋2单元`, `停在12楼`) stays: it says where the
  trouble is;
- a house number right before a place of business or a public place (`…路589号停车场`) stays: that is no
  dwelling;
- `N号线`, `N号楼`, `N号文`, dates, and counts (`44栋724户`, `7栋2011年`) are no addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found
from triage.values import PiiKind

_NUMBER = "0-9一二三四五六七八九十百零〇两"
_COUNTED = (
    "多|余|来|几|元|年|个|人|平|米|㎡|m|层|楼|单|栋|幢|路|月|日|天(?!天)|万|亿|套|户|号车|号线|号文|款|条|%|/"
)
_NO_COUNT = rf"(?![0-9]|[.\-~][0-9]| ?(?:{_COUNTED}))"
_NOT_HOUSING = "(?!产|屋|价|子|东|贷|源|款|地)"
"""房产, 房屋, 房价 …: words that go on after 房."""
_NO_PERSON = "(?![型数主口籍人居业左及外内])"
"""户型, 户主, 户籍 …: words that go on after 户."""

_BUILDING = rf"(?:第?[A-Za-z]{{0,2}}[{_NUMBER}]{{1,4}}[A-Za-z]?(?:号楼|[栋幢座#]楼?)|[A-Za-z][栋幢座])"
_UNIT = rf"(?:第?[{_NUMBER}A-Za-z东西南北中]{{1,3}}(?:单元|门洞|门(?![面口店])|梯(?!队|级)|座))"
_FLOOR = rf"(?:负?[{_NUMBER}]{{1,3}}[楼层])"
_DOOR = (
    rf"(?:[{_NUMBER}]{{2,6}}(?:号房|室|房{_NOT_HOUSING}|号(?![线文令楼车院栋]))|[0-9]{{3,4}}{_NO_COUNT}"
    rf"|[东西中左右南北][边侧]?(?:户{_NO_PERSON}|室))"
)
_DOOR_HU = "[1-9][0-9]?0[1-9]户(?!居民|人|家|业主|住户|村民|以上|左右|多|型|主|口|籍)"
"""2701户 names a door, 724户 counts households: a door's number ends in the flat of its floor, 01 to 09."""
_HOME = re.compile(
    rf"(?:{_BUILDING}[ ,，\-]?(?:{_UNIT}[ ,，\-]?)?(?:{_FLOOR}[ ,，\-]?)?(?:{_DOOR}|{_DOOR_HU})"
    rf"|(?<![A-Za-z0-9])[0-9]{{1,3}}(?:#|栋|幢|号楼)[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9\-])"
    rf"|{_UNIT}[ \-]?(?:{_FLOOR}[ \-]?)?{_DOOR}"
    rf"|{_FLOOR}[ \-]?[{_NUMBER}]{{1,4}}(?:号房|室|户{_NO_PERSON}|房{_NOT_HOUSING}))"
)
_DASHED = re.compile(
    r"(?:(?<=[苑园城区庭府湾邸里居村院寓])|(?<=小区)|(?<=公寓)) ?"
    r"(?P<number>[0-9]{1,3}(?:栋|幢|号楼|#)?-[0-9]{1,2}-[0-9]{3,4}(?:室|房|号|户)?)(?![0-9\-])"
)
_MORE_DOORS = re.compile(rf"[、,，和及/ ]{{1,2}}[0-9]{{3,4}}(?:室|房|号)?{_NO_COUNT}")

_STREET = re.compile(
    r"(?:(?<=[路街巷弄])|(?<=胡同)|(?<=大道)|(?<=[东西南北中]段))(?:[东西南北中]段?)? ?附?"
    rf"(?P<number>[{_NUMBER}]{{1,5}}(?:-[0-9]{{1,4}})?号(?:附[0-9]{{1,3}}号?|之[{_NUMBER}]{{1,2}})?"
    r"(?: ?[0-9]{1,2}[楼层](?!梯))?)"
    r"(?![线文令楼车机门出入台桥标公库井]|[0-9])"
)
_VILLAGE = re.compile(
    rf"(?:村|屯|寨|湾|组|社|队|塘)(?:[{_NUMBER}]{{1,2}}(?:组|社|队))?"
    r"(?P<number>(?:附|门牌号?)?(?:3[2-9]|[4-9][0-9]|[0-9]{3,4})号(?:附[0-9]{1,3}号?)?)(?![线文令楼车机公])"
)
"""After a village, a number up to 31 may be a date (本村6号开会); after a numbered group it may not."""
_GROUP_DOOR = re.compile(
    rf"[{_NUMBER}]{{1,2}}[组社队]"
    rf"(?P<number>(?:附|门牌号?)?[{_NUMBER}]{{1,4}}(?:号(?![线文令楼车机公])|户{_NO_PERSON}))"
)
_LIVES = re.compile(
    r"(?:住在|住址|住于|家住|现住|我住|地址|居住|我家)[^。,，;；\n\ue000]{0,24}?"
    rf"(?P<number>(?<![0-9])[0-9]{{3,4}}(?:室|号房|房{_NOT_HOUSING})(?:业主)?)"
)
_ROOM_IN_TOWER = re.compile(
    r"(?:大厦|公寓|大楼|宿舍|家属院|花园|小区|[苑园])"
    rf"(?P<number>[0-9]{{3,4}}(?:室|号房|房{_NOT_HOUSING}))"
)
_PUBLIC_PLACE = re.compile(
    r"[^。,，;；!！?？\n]{0,12}?(?:店|公司|厂|学校|中学|小学|大学|停车场|超市|酒店|宾馆|餐|饭|馆|市场|商场|广场|医院|诊所"
    r"|幼儿园|网吧|烧烤|会所|银行|中心|大厅|门面|商铺|工地|站|局|所|政府|居委|村委|机构|酒吧|KTV|仓库|洗车)"
)


def find_addresses(view: str) -> Iterator[Found]:
    """Exact addresses as the module describes them."""
    for match in _HOME.finditer(view):
        end = match.end()
        while more := _MORE_DOORS.match(view, end):
            end = more.end()
        yield Found(match.start(), end, PiiKind.ADDRESS)
    for match in _STREET.finditer(view):
        if not _PUBLIC_PLACE.match(view, match.end()):
            yield Found(*match.span("number"), PiiKind.ADDRESS)
    for pattern in (_DASHED, _GROUP_DOOR, _VILLAGE, _LIVES, _ROOM_IN_TOWER):
        for match in pattern.finditer(view):
            yield Found(*match.span("number"), PiiKind.ADDRESS)
