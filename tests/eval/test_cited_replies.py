"""`zhili eval cited-replies`: what a reply cites is found in its own words, and orders are compared."""

import json
from pathlib import Path

import pytest

from eval.cited_replies import ORDERS, answered, measure_cited_replies
from eval.errors import DataMissing
from retrieval.dense import embedded
from retrieval.index import LexicalIndex, build_index
from retrieval.values import Document

DOCUMENTS = [
    Document("a", "物业管理条例", "第十二条", "业主一起决定样本小区的事情。"),
    Document("b", "物业管理条例", "第三条", "样本小区由物业打扫。"),
    Document("c", "城乡规划法", "第四十条", "样本房屋先批准再盖。"),
]


def rows(path: Path, *found: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found), "utf-8")
    return path


@pytest.fixture()
def index(tmp_path: Path) -> Path:
    build_index(DOCUMENTS, tmp_path / "index", encoder=embedded())
    return tmp_path / "index"


REPLIED = {
    "title": "样本小区没人打扫",
    "text": "样本小区的楼道没有人打扫，请管一管。已经说了好几次。",
    "reply": "按《物业管理条例》第十二条第三款和第三条，以及《样本证》，已告知。",
}


def test_citations_of_a_reply_are_read(index: Path, tmp_path: Path) -> None:
    law_only = {"title": "样本房屋", "text": "邻居盖房", "reply": "依《中华人民共和国城乡规划法》处理。"}
    none = {"title": "样本", "text": "你好啊你好", "reply": "见《样本证》。"}
    data = rows(tmp_path / "c4.jsonl", REPLIED, law_only, none, REPLIED)
    first, second = answered(data, LexicalIndex.open(index))
    assert first.articles == {("物业管理条例", "第十二条"), ("物业管理条例", "第三条")}
    assert (second.laws, second.articles) == ({"城乡规划法"}, frozenset())


def test_every_order_is_measured(index: Path, tmp_path: Path) -> None:
    result = measure_cited_replies(rows(tmp_path / "c4.jsonl", REPLIED), index)
    assert all(result.scores[f"{order}.articles.R@10"].value == 1.0 for order in ORDERS)
    assert result.details["articles_against"]["no_prior"]["law@10"]["difference"] == 0
    assert result.details["is_result"] and "warning" not in result.details


def test_replies_that_name_no_article_have_no_figure_of_articles(index: Path, tmp_path: Path) -> None:
    law_only = {"title": "样本房屋", "text": "邻居盖房", "reply": "依《中华人民共和国城乡规划法》处理。"}
    result = measure_cited_replies(rows(tmp_path / "c4.jsonl", law_only), index)
    assert set(result.scores) == {f"{order}.law@10" for order in ORDERS}
    assert set(result.details["articles_against"]["laws"]) == {"law@10"}


def test_replies_without_law_are_refused(index: Path, tmp_path: Path) -> None:
    data = rows(tmp_path / "c4.jsonl", {"title": "样本", "text": "样本", "reply": "已经处理。"})
    with pytest.raises(DataMissing, match=r"没有一条答复引用了索引中的法律.*0 条.*全国法律的索引"):
        measure_cited_replies(data, index)
