"""Made-up personal information in the many ways in which people write and say it, for the planted corpus.

Nobody is meant: every digit is drawn, names are drawn character by character. Check digits are right where
the real document has them (GB 11643-1999, ISO/IEC 7812), because a masker may lean on them.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Maker = Callable[[Random], str]

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
TOLD = str.maketrans("0123456789", "零幺二三四五六七八九")
"""How numbers are read out over the phone: 幺 for one."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安"
    "颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成"
    "游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边净辜阚缪佘冼闻乐滕"
)
COMPOUND = ("欧阳", "司徒", "上官", "诸葛", "夏侯", "皇甫")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚桂兰建国志玉红春梅秀英海燕晓东文博子涵雨轩浩宇思琪嘉怡明华金荣清辉"
    "永福德顺生贵香珍莲云龙飞鹏凤琴爱民新月欣然梓萱沐宸一诺俊熙诗若彤"
)
MINORITY = ("阿依古丽·买买提", "扎西多吉", "巴特尔", "努尔兰·哈力克", "古丽娜尔", "迪力夏提·艾山", "卓玛措")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_AREAS = ("430102", "110105", "441900", "370202", "510104", "320583", "610113", "230103")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def digits(chance: Random, count: int) -> str:
    """So many digits."""
    return "".join(chance.choice("0123456789") for _ in range(count))


def mobile(chance: Random) -> str:
    """A mobile number in one of nineteen forms."""
    n = chance.choice(("13", "14", "15", "16", "17", "18", "19")) + digits(chance, 9)
    a, b, c = n[:3], n[3:7], n[7:]
    forms = (
        n,
        f"{a}-{b}-{c}",
        f"{a} {b} {c}",
        f"+86{n}",
        f"0086-{n}",
        f"+86 {a} {b} {c}",
        f"(86){n}",
        n.translate(WIDE),
        f"{a}－{b}－{c}".translate(WIDE),
        " ".join(n),
        f"{n[:5]}\u200b{n[5:]}",
        n.translate(SPOKEN),
        n.translate(TOLD),
        f"{a}，{b}，{c}".translate(TOLD),
        f"{a} {b} {c}".translate(SPOKEN),
        f"{a}{b.translate(SPOKEN)}{c}",
        f"{a}.{b}.{c}",
        f"{n[:4]} {n[4:7]} {n[7:]}",
        f"{a}\u3000{b}\u3000{c}",
    )
    return chance.choice(forms)


def phone(chance: Random) -> str:
    """A fixed phone with its area code, often with an extension."""
    area, length = chance.choice(
        (("010", 8), ("021", 8), ("0731", 8), ("0769", 8), ("0755", 8), ("0730", 7), ("0532", 8), ("0934", 7))
    )
    n = chance.choice("268") + digits(chance, length - 1)
    x = digits(chance, chance.choice((3, 4)))
    forms = (
        f"{area}-{n}",
        f"{area}{n}",
        f"（{area}）{n}",
        f"({area}){n}",
        f"{area} {n}",
        f"{area}—{n}",
        f"{area}-{n[:-4]}-{n[-4:]}",
        f"{area}-{n}转{x}",
        f"{area}-{n}-{x}",
        f"{area}-{n}分机{x}",
        f"{area}-{n} 转 {x}",
        f"+86-{area[1:]}-{n}",
        f"{area}－{n}".translate(WIDE),
        f"{area}{n}".translate(SPOKEN),
        f"{area} {n[:-4]} {n[-4:]}",
    )
    return chance.choice(forms)


def id_number(chance: Random) -> str:
    """A resident identity number: eighteen characters, or the fifteen of before 1999."""
    birth = f"{chance.randint(1940, 2015)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    body = chance.choice(_AREAS) + birth + digits(chance, 3)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
    n = body + check
    old = body[:6] + f"{chance.randint(30, 85)}" + body[10:17]
    forms = (
        n,
        n.lower(),
        n.translate(WIDE),
        f"{n[:6]} {n[6:14]} {n[14:]}",
        f"{n[:6]}-{n[6:14]}-{n[14:]}",
        f"{n[:3]} {n[3:6]} {n[6:10]} {n[10:14]} {n[14:]}",
        n.translate(SPOKEN),
        old,
        old,
        f"{old[:6]} {old[6:12]} {old[12:]}",
        old.translate(WIDE),
    )
    return chance.choice(forms)


def bank_card(chance: Random) -> str:
    """A bank card of sixteen or nineteen digits that passes the Luhn check."""
    body = chance.choice(("6222", "6217", "6228", "4563", "5184", "6230")) + digits(
        chance, chance.choice((11, 14))
    )
    total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    n = body + str(-total % 10)
    groups = [n[i : i + 4] for i in range(0, len(n), 4)]
    forms = (
        n,
        " ".join(groups),
        "-".join(groups),
        n.translate(WIDE),
        f"{n[:6]} {n[6:]}",
        "\u3000".join(groups),
        n.translate(SPOKEN),
    )
    return chance.choice(forms)


def plate(chance: Random) -> str:
    """A vehicle plate: ordinary, new-energy, police, learner, trailer, Hong Kong."""
    head = chance.choice(PROVINCES) + chance.choice("ABCDEFGHJK")
    tail = chance.choice(
        (
            digits(chance, 5),
            digits(chance, 3) + chance.choice("KLMNP") + digits(chance, 1),
            chance.choice("DF") + digits(chance, 5),
            digits(chance, 5) + chance.choice("DF"),
            chance.choice("DF") + chance.choice("ABC") + digits(chance, 4),
            digits(chance, 4) + chance.choice("警学挂"),
            chance.choice("ABCDEFG") + digits(chance, 4),
        )
    )
    forms = (
        head + tail,
        f"{head}·{tail}",
        f"{head} {tail}",
        f"{head}-{tail}",
        f"{head[0]} {head[1]} {tail}",
        (head + tail).lower(),
        (head + tail).translate(WIDE),
        f"粤Z{digits(chance, 4)}港",
    )
    return chance.choice(forms)


def email(chance: Random) -> str:
    """An e-mail address, also with a Chinese domain, and as people write it to hide it from machines."""
    user = chance.choice(("zhang", "li.ming", "a_b", "wang-wei", "x", "hello+gov")) + digits(chance, 3)
    host = chance.choice(("qq.com", "163.com", "126.com", "mail.example.cn", "gmail.com", "sina.com.cn"))
    name, end = host.split(".", 1)
    forms = (
        f"{user}@{host}",
        f"{user}＠{host}",
        f"{user} @ {host}",
        f"{user}@{host}".upper(),
        f"{user}@邮箱.中国",
        f"{user}@例子.公司",
        f"小张{digits(chance, 2)}@邮局.中国",
        f"{user}(at){host}",
        f"{user}[at]{name}[dot]{end}",
        f"{user}艾特{name}点{end.replace('.', '点')}",
    )
    return chance.choice(forms)


def wechat(chance: Random) -> str:
    """A WeChat id: letters with digits, or a number."""
    return chance.choice(
        (
            f"wxid_{digits(chance, 10)}",
            f"lan{digits(chance, 6)}",
            f"happy_{digits(chance, 4)}",
            f"ABC-{digits(chance, 5)}",
            "1" + chance.choice("358") + digits(chance, 9),
            f"Li{digits(chance, 8)}".translate(WIDE),
            chance.choice("3579") + digits(chance, 7),
        )
    )


def qq(chance: Random) -> str:
    """A QQ number of five to ten digits."""
    n = chance.choice("123456789") + digits(chance, chance.choice((4, 5, 7, 8, 9)))
    return chance.choice((n, n.translate(WIDE), n.translate(SPOKEN), f"{n[:3]} {n[3:]}", f"{n[:3]}-{n[3:]}"))


def passport(chance: Random) -> str:
    """A passport or a permit for Hong Kong, Macao or Taiwan, by the forms that they carry."""
    n = digits(chance, 8)
    forms = (
        f"E{n}",
        f"E{chance.choice('ABCDEFGH')}{n[:7]}",
        f"G{n}",
        f"e{n}",
        f"E {n}",
        f"C{n}",
        f"C{chance.choice('ABCDEFGH')}{n[:7]}",
        f"H{n}",
        f"M{n}",
        f"H{n}{digits(chance, 2)}",
        f"L{n}",
        f"E{n}".translate(WIDE),
        f"{chance.choice('PDS')}{n[:7]}",
    )
    return chance.choice(forms)


def address(chance: Random) -> str:
    """From the building to the door; the estate before it is not secret, dispatch needs it."""
    n, u, f, d = chance.randint(1, 60), chance.randint(1, 6), chance.randint(2, 30), chance.randint(1, 4)
    room = f"{f}0{d}"
    spoken = chance.choice(("二零一", "五零二", "三〇四", "一一零三", "八零一"))
    forms = (
        f"{n}栋{u}单元{room}室",
        f"{n}栋{room}",
        f"{n}号楼{u}单元{room}",
        f"{n}幢{room}室",
        f"{n}栋{u}单元{f}楼{room}号",
        f"{n}-{u}-{room}",
        f"三栋二单元{spoken}室",
        f"{u}单元{room}房",
        f"{n}座{room}房",
        f"{n}#{u}-{room}",
        f"{n}栋{u}单元{f}层{chance.choice('东西')}户",
        f"{n}号楼{room}户",
        f"{n}栋，{u}单元，{room}",
        f"{chance.choice('ABC')}座{room}",
        f"第{n}栋第{u}单元{room}室",
        f"{n}栋{u}门{room}",
    )
    return chance.choice(forms)


def name(chance: Random) -> str:
    """A name: one or two characters after the surname, compound surnames, other nationalities, 某."""
    drawn = chance.random()
    if drawn < 0.04:
        return chance.choice(MINORITY)
    if drawn < 0.08:
        return chance.choice(COMPOUND) + chance.choice(GIVEN)
    surname = chance.choice(SURNAMES[:60] if chance.random() < 0.75 else SURNAMES)
    if drawn < 0.14:
        return surname + chance.choice(("某", "某某", "某" + chance.choice(GIVEN)))
    return surname + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2, 2))))


MAKERS: dict[str, Maker] = {
    "mobile": mobile,
    "phone": phone,
    "id_number": id_number,
    "bank_card": bank_card,
    "plate": plate,
    "email": email,
    "wechat": wechat,
    "qq": qq,
    "passport": passport,
    "address": address,
    "name": name,
    "minor": name,
}
STRUCTURED = tuple(kind for kind in MAKERS if kind not in ("address", "name", "minor"))
VAGUE = ("address", "name", "minor")
