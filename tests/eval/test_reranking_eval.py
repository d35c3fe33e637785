"""`zhili eval reranker` on a folder of ours: every order is measured, and its run can be scored again."""

import json
import lzma
from pathlib import Path

import pytest

from eval.reranking import measure_reranker
from eval.retrieval import evaluate_run
from retrieval.training.cases import ARTICLES, COMPLAINTS
from retrieval.training.reranking import Case
from retrieval.values import Expected

TOPICS = ["电梯坏了物业维修", "夜里施工很吵", "暖气不热要退费", "路灯不亮要修理", "工资拖欠不发"]


@pytest.fixture()
def data(tmp_path: Path) -> Path:
    rows = [
        {
            "id": f"a{number}",
            "law": f"样本{number}法",
            "article_no": "第一条",
            "text": f"{topic}，由样本单位管。",
        }
        | {"current": True, "region": "全国", "kind": "article"}
        for number, topic in enumerate(TOPICS)
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    for name, content in ((ARTICLES, lzma.compress(lines.encode())), (COMPLAINTS, b"{}\n")):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "data"


def test_orders_are_measured_and_compared(data: Path, tmp_path: Path) -> None:
    cases = [
        Case(
            f"c{number}-{again}",
            f"{topic}。已经说了{again}次了啊。",
            {f"a{number}"} if again else set(),
            {f"a{number}"},
            Expected({}, {(f"样本{number}法", "第一条"): 1.0}),
        )
        for number, topic in enumerate(TOPICS)
        for again in range(3)
    ]
    runs = tmp_path / "runs"
    result = measure_reranker(data, tmp_path / "keep", cases, list, complaints_only=True, runs=runs)
    scores = result.scores
    assert scores["complaints.reranked.R@1"].value == 1.0
    assert scores["complaints.reranked.R@1"].n == 10, "a case without a core article is not asked for one"
    assert scores["complaints.reranked.relevant@5"].n == 15
    tests = result.details["complaints"]
    assert tests["against_fusion"]["R@10"].keys() == {"difference", "p"}
    assert tests["against_no_prior"]["MRR@10"]["difference"] >= 0
    queries, qrels = tmp_path / "q.tsv", tmp_path / "qrels"
    queries.write_text("".join(f"{case.id}\t{case.text}\n" for case in cases), "utf-8")
    qrels.write_text("".join(f"{case.id} 0 {id} 1\n" for case in cases for id in case.core), "utf-8")
    again = evaluate_run(queries, qrels, runs / "complaints.fusion.trec")
    assert again.scores["MRR@10"] == scores["complaints.fusion.MRR@10"]
