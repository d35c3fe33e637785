"""The gates. All sentences here are ours."""

from __future__ import annotations

import json
import lzma
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import CatalogueError
from triage.policy.gate_rules import load_gates, parse_gates
from triage.policy.gates import OVERRULE, check_gates
from triage.values import Action


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("锦绣小区5栋8楼着火了，快来人", "119"),
        ("我家楼上起火了！火势越来越大，老人还在里面", "119"),
        ("楼道里煤气味很大，好像在漏，现在怎么处理", "119 / 燃气企业抢险电话"),
        ("刚刚天然气管道被挖断，燃气泄漏，赶快派人", "119 / 燃气企业抢险电话"),
        ("我和孩子被困在电梯里，快来", "119"),
        ("楼下有人拿着刀砍人，救命", "110"),
        ("邻居正在打人，老婆在哭", "110"),
        ("我不想活了，没有人管我", "110 / 12356 心理援助"),
        ("有人站在楼顶要跳，快来人", "110 / 12356 心理援助"),
        ("刚刚路口发生车祸，骑车的人躺在地上流血", "122 / 120"),
        ("我父亲突然晕倒了，叫不醒，快来救人", "120"),
        ("有小孩掉进河里了，快来救人", "119 / 110"),
        ("隔壁的墙正在坍塌，压住了工人", "119 / 110"),
        ("高压线断了掉在马路上，还在冒火花", "110 / 95598"),
    ],
)
def test_danger_now_opens_a_gate(text: str, channel: str) -> None:
    decision = check_gates(text)
    assert decision is not None
    assert decision.action is Action.EMERGENCY
    assert channel in decision.channel


@pytest.mark.parametrize(
    "text",
    [
        "小区消防通道被占，万一着火消防车进不来",
        "建议在楼道增加灭火器",
        "去年小区发生火灾，至今没有修复",
        "楼下烧烤店油烟大，天天冒黑烟",
        "飞线充电容易引起火灾，请尽快处理",
        "我家燃气开户三个月没人来，怕漏气",
        "经常被困在电梯里，物业不修",
        "长期被困扰，晚上睡不着",
        "超市跳楼价甩卖，喇叭太吵",
        "上个月出了车祸，对方受伤，责任认定不合理",
        "水库边没有护栏，建议设防溺水警示牌",
        "电梯存在坠落风险，请检查",
        "请问如何办理消防验收",
        "老旧房屋墙体开裂，担心倒塌",
        "高压线离房子太近",
        "多次有人打架，派出所处理过了",
    ],
)
def test_what_only_sounds_like_danger_does_not(text: str) -> None:
    assert check_gates(text) is None


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("请求公开本镇征地补偿的批准文件", "政府信息公开条例"),
        ("我对信访处理意见书不服，要求复查", "信访工作条例"),
        ("不服法院判决，要求重审", "民事诉讼法"),
        ("不服劳动仲裁裁决怎么起诉", "劳动争议调解仲裁法"),
        ("不服交警处罚决定，请撤销罚单", "行政复议法"),
        ("交警的事故认定书我不服怎么办", "道路交通事故处理程序规定"),
        ("举报村支书贪污扶贫款", "监察法"),
        ("朋友借款两万逾期不还，请政府帮忙追讨", "民事诉讼法"),
        ("前夫不给抚养费怎么办", "民事诉讼法"),
        ("对学校政府采购项目的采购文件提出质疑", "政府采购法"),
    ],
)
def test_statutory_channels(text: str, law: str) -> None:
    decision = check_gates(text)
    assert decision is not None
    assert decision.action is Action.OTHER_CHANNEL
    assert decision.basis[0].law == law


@pytest.mark.parametrize(
    "text",
    [
        "公司拖欠工资三个月，请帮忙讨薪",
        "物业不公示公共收益，要求公开账目",
        "驾校不退学费",
        "小区外违停严重，请处罚",
        "开发商逾期交房，不退定金",
        "请问离婚证丢了怎么补办",
        "",
        "路灯不亮",
    ],
)
def test_ordinary_matters_stay(text: str) -> None:
    assert check_gates(text) is None


def test_the_reasons_cite_the_words_and_who_may_overrule() -> None:
    decision = check_gates("三楼着火了，快来")
    assert decision is not None
    assert "着火了" in decision.reasons[1]
    assert "fire" in decision.reasons[1]
    assert decision.reasons[-1] == OVERRULE
    assert "话务员" in OVERRULE


LONG_CALLS = [
    (
        (
            "我是阳光花园的业主，我们这栋楼一共三十层，我住在十八楼，刚才下班回来发现一楼大厅全是烟，保安说是十二楼有一户人家的电动车电池在屋里充电爆炸了，现在火势还在往上烧"
            "，好几户老人和小孩没有下来，消防通道也看不清路，我已经让大家用湿毛巾捂住口鼻，电梯不能用了，请你们马上联系消防队，越快越好，另外有两个人好像吸了烟晕倒了，还需要"
            "救护车过来。"
        ),
        ["119", "120"],
    ),
    (
        (
            "您好，我在城东新村三期，门牌号是六栋二单元，我今天晚上加班回来大概十点半，坐电梯到九楼的时候突然往下掉了一截然后就停住了，门打不开，里面有我和另外两个邻居，其中"
            "有一位阿姨有高血压，她说胸口闷，我们按了紧急按钮没有人回应，物业值班电话也打不通，里面没有空调非常热，现在已经被困了二十多分钟，麻烦快点派人来救我们，谢谢。"
        ),
        ["119"],
    ),
    (
        (
            "你好我要报一个事情我住在河西路这边我楼下那家人平时就经常吵架今天晚上吵得特别厉害刚才我听到女的一直在喊救命男的在骂还有摔东西砸门的声音孩子也在哭我从门缝里看见男"
            "的手里拿着一把菜刀现在还没有停我一个人住不敢出去看你们赶紧通知警察过来不然真的要出人命的地址是河西路四十五号三楼"
        ),
        ["110"],
    ),
]


@pytest.mark.parametrize(("text", "doors"), LONG_CALLS)
def test_a_caller_who_tells_much_is_heard(text: str, doors: list[str]) -> None:
    decision = check_gates(text)
    assert decision is not None
    assert all(door in decision.channel for door in doors)


def test_dangers_are_joined() -> None:
    decision = check_gates("厨房着火了，我妈晕倒了叫不醒")
    assert decision is not None
    assert decision.channel.startswith("119") and "120" in decision.channel
    assert "fire" in decision.reasons[1] and "medical" in "".join(decision.reasons)
    assert len(decision.basis) == len(set(decision.basis))


def test_danger_in_the_history_of_a_long_letter_does_not_take_the_case_away() -> None:
    letter = "我们小区的路灯坏了很久，物业一直不修，请协调处理。" * 20 + "有一天着火了，现在没人管。"
    assert check_gates(letter) is None


def test_every_gate_has_a_door_a_reason_and_a_basis() -> None:
    gates = load_gates().gates
    assert len(gates) >= 15
    for gate in gates:
        assert gate.doors and gate.reason.endswith("。") and gate.basis
        assert all(basis.article.startswith("第") for basis in gate.basis)


GOOD = """
short = 10
alarm = 3
now = ["现在"]
signs = ["快"]
petition = ["请"]
[words]
burning = "着火|起火"
[guards]
past = ["去年"]
[[gate]]
id = "x"
action = "emergency"
kind = "110/119/120"
doors = ["119"]
within = 300
reason = "r。"
basis = [["消防法", "第四十四条"]]
any = ["{burning}"]
strong = ["烟"]
guards = ["past"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('action = "emergency"', 'action = "auto"', "闸门规则 x 有误"),
        ('any = ["{burning}"]', 'any = ["(着火"]', "闸门规则 x 有误"),
        ('any = ["{burning}"]', 'any = ["{burned}"]', "burned"),
        ('kind = "110/119/120"', 'kind = "信访"', "kind = 信访"),
        ('doors = ["119"]', "doors = []", "doors = []"),
        ("within = 300", "", "within"),
        ('signs = ["快"]', "", "signs"),
        ('guards = ["past"]', 'guards = ["passt"]', "passt"),
        ('basis = [["消防法", "第四十四条"]]', "basis = []", "basis = []"),
        ('now = ["现在"]', "", "gates.toml 无法读取"),
        ("short = 10", "short = ", "gates.toml 无法读取"),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, said: str) -> None:
    assert len(parse_gates(GOOD).gates) == 1
    with pytest.raises(CatalogueError) as caught:
        parse_gates(GOOD.replace(old, new))
    assert said in str(caught.value)


def test_twice_the_same_id() -> None:
    with pytest.raises(CatalogueError, match="id 重复"):
        parse_gates(GOOD + GOOD[GOOD.index("[[gate]]") :])


@pytest.mark.data
def test_every_basis_is_current_law(data_dir: Path) -> None:
    wanted = {(basis.law, basis.article) for gate in load_gates().gates for basis in gate.basis}
    with lzma.open(data_dir / "law" / "articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        laws = {law for law, _ in wanted}
        articles = (json.loads(line) for line in lines if any(f'"{law}"' in line for law in laws))
        current = {(article["law"], article["article_no"]) for article in articles if article["current"]}
    assert wanted - current == set()


@settings(deadline=None)
@given(st.text())
def test_never_raises(text: str) -> None:
    check_gates(text)


@pytest.mark.parametrize("piece", ["着火", "人", "现在，", "法院", "判决不", "书记", "闻到", "。"])
def test_a_long_hostile_text(piece: str) -> None:
    started = time.perf_counter()
    check_gates(piece * (100_000 // len(piece)))
    check_gates(piece * (120 // len(piece)))
    assert time.perf_counter() - started < 2.0


def test_the_call_is_handed_over_as_practice_not_as_law() -> None:
    decision = check_gates("楼下有人拿着刀砍人，救命")
    assert decision is not None
    handed = [reason for reason in decision.reasons if "一键转接" in reason]
    assert handed and "参照国办发〔2022〕12号" in handed[0]
    assert all("国办" not in basis.law for basis in decision.basis)


def test_who_may_overrule_is_a_field_of_the_gate() -> None:
    decision = check_gates("我手里有一份标着机密的文件，念给你们登记")
    assert decision is not None
    assert decision.reasons[-1].startswith("此为规则提示，值班长")
    with pytest.raises(CatalogueError, match="by_pigeon"):
        parse_gates(GOOD.replace("within = 300", 'within = 300\ntransfer = "by_pigeon"'))
