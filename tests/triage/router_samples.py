"""Messages of our own making, and a small router trained on them."""

from __future__ import annotations

import json
import random
from pathlib import Path

from triage.training.linear import LinearArguments
from triage.training.recipe import Recipe


def words(listed: str) -> list[str]:
    return listed.split()


THEMES = [
    (
        ("城乡建设", "住房保障与房地产", "zhujian", "投诉", "一般"),
        words("物业 停车费 电梯 漏水 业主 小区 维修资金 开发商 交房 楼顶 账目 保安 绿化 门禁"),
    ),
    (
        ("交通运输", "客货运输", "jiaotong", "建议", "一般"),
        words("公交车 班次 线路 候车 司机 出租车 绕路 拒载 站台 晚点 夜班 客运站 换乘 票价"),
    ),
    (
        ("劳动和社会保障", "劳动关系", "renshe", "求助", "较急"),
        words("工资 拖欠 老板 合同 社保 加班费 工厂 辞退 补偿金 工伤 考勤 押金 试用期 劳动"),
    ),
    (
        ("卫生计生", "医患纠纷", "weijian", "投诉", "较急"),
        words("医院 误诊 医生 手术 红包 检查费 病人 护士 推诿 病历 治疗 门诊 急诊 药费"),
    ),
]
"""Labels (level 1, level 2, department, kind, urgency) and the words that go with them."""

FILLERS = words("请问 希望 一直 最近 多次 没有人管 怎么办 反映 情况 严重 影响 我们 附近 已经 很久")


def gold_rows(copies: int = 6) -> list[dict[str, object]]:
    """Rows in the form of dispatch gold, four a theme and copy: words in random order, so none is a twin."""
    chance = random.Random(5)
    rows: list[dict[str, object]] = []
    for copy in range(copies):
        for (level1, level2, dept, kind, urgency), own in THEMES:
            for number in range(4):
                said = chance.sample(own, 7) + chance.sample(FILLERS, 5)
                chance.shuffle(said)
                rows.append(
                    {
                        "uid": f"own-{copy}-{dept}-{number}",
                        "title": "".join(chance.sample(own, 2)),
                        "text": "，".join(said) + "。",
                        "level1": level1,
                        "level2": level2,
                        "dept": dept,
                        "dept_ok": [],
                        "type": kind,
                        "urgency": urgency,
                    }
                )
    return rows


def level1_rows(copies: int = 6) -> list[dict[str, object]]:
    """Rows in the form of Teddy Cup annex 2, a duplicate group each; none is a row of `gold_rows`."""
    rows = []
    for number, row in enumerate(gold_rows(copies * 2)[copies * 16 :]):
        rows.append(
            {
                "row": number,
                "title": row["title"],
                "text": row["text"],
                "label": row["level1"],
                "dup_group": number,
            }
        )
    return rows


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    """The rows as a .jsonl file."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def small_recipe() -> Recipe:
    """The recipe, small enough for a test."""
    return Recipe(linear=LinearArguments(least=1, most_terms=4000, directions=10), folds=3)
