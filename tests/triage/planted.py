"""Made-up personal information planted in sentences of our own: what the masker's recall is measured on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triage.values import PiiKind

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚桂兰建国志玉红春梅秀英海燕晓东文博子涵雨轩浩宇思琪嘉怡"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True)
class Planted:
    """A sentence with one secret in it, and the kind that it should be masked as."""

    text: str
    secret: str
    kind: PiiKind


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def mobile(chance: random.Random) -> str:
    number = chance.choice(["13", "14", "15", "16", "17", "18", "19"]) + digits(chance, 9)
    forms: list[Callable[[str], str]] = [
        str,
        lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}",
        lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
        lambda n: f"+86{n}",
        lambda n: f"+86 {n[:3]} {n[3:7]} {n[7:]}",
        lambda n: n.translate(WIDE),
        lambda n: " ".join(n),
        lambda n: "\u200b".join([n[:5], n[5:]]),
        lambda n: n.translate(SPOKEN),
        lambda n: f"{n[:4]} {n[4:7]} {n[7:]}",
    ]
    return chance.choice(forms)(number)


def phone(chance: random.Random) -> str:
    area, length = chance.choice(
        [("010", 8), ("021", 8), ("0731", 8), ("0769", 8), ("0755", 8), ("0730", 7), ("0532", 8)]
    )
    local = chance.choice("68") + digits(chance, length - 1)
    form = chance.choice(["{a}-{n}", "（{a}）{n}", "{a} {n}", "{a}—{n}", "{a}-{n}转{x}", "{a}-{n}-{x}"])
    return form.format(a=area, n=local, x=digits(chance, 3))


def id_number(chance: random.Random) -> str:
    birth = f"{chance.randint(1940, 2015)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    body = chance.choice(["430102", "110105", "441900", "370202", "510104"]) + birth + digits(chance, 3)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    number = body + chance.choice([check, check.lower()])
    return chance.choice(
        [number, number.translate(WIDE), f"{number[:6]} {number[6:14]} {number[14:]}", body[:6] + body[8:17]]
    )


def bank_card(chance: random.Random) -> str:
    body = chance.choice(["6222", "6217", "6228", "4563", "5184"]) + digits(chance, chance.choice([11, 14]))
    total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    number = body + str(-total % 10)
    return chance.choice(
        [number, " ".join(number[i : i + 4] for i in range(0, len(number), 4)), number.translate(WIDE)]
    )


def plate(chance: random.Random) -> str:
    head = chance.choice(PROVINCES) + chance.choice("ABCDEFGHJK")
    tail = chance.choice(
        [
            digits(chance, 5),
            "D" + digits(chance, 5),
            digits(chance, 4) + "警",
            digits(chance, 4) + "学",
            digits(chance, 4) + "挂",
            chance.choice("ABCDEFG") + digits(chance, 4),
            digits(chance, 2) + "AB" + digits(chance, 1),
        ]
    )
    gap = chance.choice(["", "", "·", " ", "."])
    return chance.choice([head + gap + tail, (head + gap + tail).lower()])


def wechat(chance: random.Random) -> str:
    return chance.choice(["wxid_", "lan", "happy_"]) + digits(chance, 6)


def email(chance: random.Random) -> str:
    user = chance.choice(["zhang", "li.ming", "a_b"]) + digits(chance, 3)
    return user + chance.choice("@＠") + chance.choice(["qq.com", "163.com", "mail.example.cn"])


def address(chance: random.Random) -> str:
    n, u, f, d = chance.randint(1, 60), chance.randint(1, 6), chance.randint(1, 30), chance.randint(1, 4)
    room = f"{f}0{d}"
    return chance.choice(
        [
            f"{n}栋{u}单元{room}室",
            f"{n}栋{room}",
            f"{n}号楼{u}单元{room}",
            f"{n}幢{room}室",
            f"{n}栋{u}单元{f}楼{room}号",
            f"{n}-{u}-{room}",
            "三栋二单元五零二室",
            f"{u}单元{room}房",
            f"{n}座{room}房",
        ]
    )


def name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice([1, 2, 2])))


STRUCTURED: tuple[tuple[PiiKind, Callable[[random.Random], str], tuple[str, ...]], ...] = (
    (
        PiiKind.MOBILE,
        mobile,
        ("我的手机是{}，请回电。", "联系我{}", "路灯坏了（{}）请尽快修", "请拨{}找我，谢谢", "{}是我的号码"),
    ),
    (PiiKind.PHONE, phone, ("家里座机{}，请回复。", "打{}没人接", "请联系{}。", "（固话：{}）")),
    (
        PiiKind.ID_NUMBER,
        id_number,
        ("身份证号{}，社保查不到。", "本人证件{}，请核实", "户口本上是{}。", "身份证：{}"),
    ),
    (PiiKind.BANK_CARD, bank_card, ("工资卡{}一直没到账", "请退到银行卡{}。", "卡号：{}，开户行本地支行")),
    (PiiKind.PLATE, plate, ("{}长期占用车位", "车牌号{}的车乱停。", "我的车（{}）被划了", "一辆{}逆行")),
    (PiiKind.EMAIL, email, ("材料发到{}。", "邮箱：{}，请回复")),
    (PiiKind.WECHAT, wechat, ("加微信{}详聊。", "微信号：{}", "VX：{}，可看视频", "我的wx {}")),
    (PiiKind.QQ, lambda chance: "3" + digits(chance, 8), ("QQ{}，可发照片。", "我的QQ号：{}", "扣扣{}")),
)
VAGUE: tuple[tuple[PiiKind, Callable[[random.Random], str], tuple[str, ...]], ...] = (
    (
        PiiKind.ADDRESS,
        address,
        ("我住在锦绣小区{}，楼上漏水。", "幸福家园{}天天放音响", "金桂苑{}的住户养鸡", "地址：阳光公寓{}"),
    ),
    (
        PiiKind.NAME,
        name,
        (
            "我叫{}，今年五十岁。",
            "本人{}，反映路灯问题。",
            "联系人：{}，请回复",
            "姓名：{} 电话见附件",
            "业主{}。",
            "投诉人：{}，女",
            "举报人{}。",
            "我是{}，家住幸福村",
            "请联系{}先生",
            "{}女士来电反映停水",
            "老板{}，拖欠货款",
            "丈夫{}（残疾）",
        ),
    ),
)

LOOKALIKES = (
    "请拨打12345热线反映，或者12315、12333、12348、12369。",
    "已经打过110、119、120、122和95598，电话是对的。",
    "客服电话400-820-8820和800-810-0000一直占线。",
    "依据〔2020〕53号文和第1035号令办理。",
    "2024年3月15日至2025-06-30，共花了1380000元。",
    "合同编号HT20240315001，订单号20240724092225521929。",
    "K38公里处到K40公里处路面破损，长12.5公里。",
    "锦绣小区3栋旁边的垃圾站，12栋电梯坏了。",
    "1号线、2号线和地铁5号线换乘不便。",
    "小区共44栋724户，18层高，每栋200户左右。",
    "尊敬的张书记、王局长：您好！",
    "本人方便的时候来取，业主万分感谢，居民强烈要求整改。",
    "幸福路与人民路交叉口红绿灯不亮。",
    "微信支付和微信公众号都打不开，QQ群也解散了。",
    "房屋面积123.45平方米，单价17983.65元每平方米。",
    "身份证到期了怎么补办，银行卡丢了怎么挂失。",
    "公交车13路、602路到站时间为17:30。",
    "小区100栋共1600多户没有地下停车位，7栋2011年交房。",
    "本案金额13800.138000万元，占比99.5%。",
    "学校高中部何时开学，安全问题谁负责。",
    "人民路589号停车场收费过高。",
    "石板路滑，江边栏杆坏了，方向标识不清。",
)


def planted(
    kinds: tuple[tuple[PiiKind, Callable[[random.Random], str], tuple[str, ...]], ...], each: int
) -> Iterator[Planted]:
    """`each` sentences of every kind, always the same ones."""
    chance = random.Random(20261122)
    for kind, make, templates in kinds:
        for _ in range(each):
            secret = make(chance)
            yield Planted(chance.choice(templates).format(secret), secret, kind)
