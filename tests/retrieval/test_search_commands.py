"""`zhili index` and `zhili search` as a user types them."""

import json
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from foundation.errors import ZhiliError
from legal_corpus.ingest import ingest as ingest_laws
from retrieval.errors import BadCorpus, BadQuery, IndexMissing
from service.cli.index import commands
from service.cli.search import search, snippet
from service.errors import BadRequest

app = typer.Typer()
app.command("search")(search)
app.add_typer(commands, name="index")

ROWS = [
    {"id": "e1", "law": "电梯规定", "article_no": "第三条", "text": "电梯坏了要马上修。", "region": "北京"},
    {"id": "e2", "law": "供暖规定", "article_no": "第四条", "text": "供暖不热的要退费。", "current": False},
]


def zhili(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, ZhiliError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.fixture()
def index(tmp_path: Path) -> str:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    zhili("index", "build", "--corpus", str(corpus), "--index", str(tmp_path / "index"))
    return str(tmp_path / "index")


def test_status_tells_what_the_index_holds(index: str) -> None:
    text = zhili("index", "status", "--index", index, "--verify")
    assert "条数：2" in text and "来源：corpus.jsonl" in text and "哈希全部一致" in text


def test_a_found_article_is_readable(index: str) -> None:
    text = zhili("search", "电梯坏了怎么办", "--index", index)
    assert "《电梯规定》第三条" in text and "e1" in text and "电梯坏了要马上修" in text


def test_json_holds_the_whole_hit(index: str) -> None:
    found = json.loads(zhili("search", "电梯坏了", "--index", index, "--json"))
    assert found["hits"][0]["id"] == "e1" and found["hits"][0]["text"] == ROWS[0]["text"]
    assert found["hits"][0]["text_kind"] == "corpus"


def test_an_evaluators_index_is_filtered_only_when_asked(index: str) -> None:
    assert "e2" in zhili("search", "供暖不热", "--index", index)
    assert "没有找到" in zhili("search", "供暖不热", "--index", index, "--as-of", "2026-01-01")
    assert "没有找到" in zhili("search", "电梯", "--index", index, "--region", "上海市")


def test_an_index_of_words_alone_can_be_asked_for(index: str, tmp_path: Path) -> None:
    assert "编码器：zhili-bag-256 256 维 sha256:" in zhili("index", "status", "--index", index)
    zhili("index", "build", "--corpus", f"{tmp_path}/corpus.jsonl", "--index", index, "--no-dense")
    assert "编码器：无（只按字词）" in zhili("index", "status", "--index", index)
    assert not (Path(index) / "vectors.faiss").exists()
    assert "e2" not in zhili("search", "电梯坏了", "--index", index)


def test_a_batch_writes_a_run_and_reports_bad_lines(index: str, tmp_path: Path) -> None:
    queries, run = tmp_path / "q.tsv", tmp_path / "run.trec"
    queries.write_text("1\t电梯坏了\n没有编号\n2\t？？\n3\t供暖\n", "utf-8")
    zhili("search", "--index", index, "--queries", str(queries), "--run", str(run), "-k", "1", code=3)
    assert [line.split()[:4] for line in run.read_text("utf-8").splitlines()] == [
        ["1", "Q0", "e1", "1"],
        ["3", "Q0", "e2", "1"],
    ]


def test_bad_corpus_rows_are_counted_and_shown(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps(ROWS[0]) + "\n{broken\n", "utf-8")
    result = CliRunner().invoke(
        app, ["index", "build", "--corpus", str(corpus), "--index", str(tmp_path / "i")]
    )
    assert result.exit_code == 3
    assert "第 2 行：不是合法的 JSON" in result.stderr and "有 1 行未能使用" in result.stderr


def test_without_a_corpus_the_digest_is_searched_and_marked_as_such() -> None:
    found = json.loads(zhili("search", "物业不修电梯怎么办", "--json", "-k", "3"))
    assert found["hits"] and {hit["text_kind"] for hit in found["hits"]} == {"digest"}
    assert "【摘要】《" in zhili("search", "物业不修电梯怎么办", "-k", "1")


def test_the_full_law_is_searched_once_it_is_indexed(own_home: Path, tmp_path: Path) -> None:
    laws = tmp_path / "laws.jsonl"
    row = {
        **{
            "id": "x-0001",
            "law": "试编路灯规定",
            "full_title": "试编路灯规定",
            "level": "部门规章",
            "region": "全国",
        },
        **{
            "version_date": "2020-01-01",
            "effective_date": "2020-03-01",
            "current": True,
            "status": "current",
        },
        **{"doc_type": "norm", "chapter": "", "kind": "article", "article_no": "第一条", "article_int": 1},
        **{"article_suffix": 0, "text": "路灯灭了由养护单位三日内修好。", "source": "自编"},
    }

    def ingest() -> None:
        laws.write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
        ingest_laws(laws, own_home / "corpus.sqlite3", today=date(2026, 1, 1))

    ingest()
    assert "全文库还没有索引" in zhili("search", "路灯灭了", "--json")
    zhili("index", "build")
    found = json.loads(zhili("search", "路灯灭了没人修", "--json", "-k", "1"))
    assert (found["hits"][0]["law"], found["hits"][0]["text_kind"]) == ("试编路灯规定", "official")
    assert "重新运行" not in found["source"]
    before = zhili("search", "路灯灭了没人修", "--json", "-k", "1", "--as-of", "2020-02-29")
    assert "试编路灯规定" not in before
    row["text"] = "路灯灭了由养护单位两日内修好。"
    ingest()
    assert "请重新运行 zhili index build" in zhili("search", "路灯灭了", "--json")


def test_faults_are_named(index: str, tmp_path: Path) -> None:
    with pytest.raises(BadCorpus, match=r"还没有导入法律全文.*内置摘要不需要索引.*zhili corpus ingest"):
        zhili("index", "build")
    with pytest.raises(IndexMissing, match="zhili index build"):
        zhili("index", "status")
    with pytest.raises(IndexMissing):
        zhili("search", "电梯", "--index", str(tmp_path / "none"))
    with pytest.raises(BadQuery, match="日期无法识别"):
        zhili("search", "电梯", "--index", index, "--as-of", "昨天")
    with pytest.raises(BadQuery, match="没有可以检索的字词"):
        zhili("search", "？？", "--index", index)
    for arguments in ([], ["电梯", "--run", "x"], ["--queries", "x"]):
        with pytest.raises(BadRequest, match="不清楚要检索什么"):
            zhili("search", *arguments)


def test_a_snippet_shows_where_the_word_stands() -> None:
    text = "前" * 200 + "\n电梯" + "后" * 200
    assert "电梯" in snippet(text, ["电梯"]) and snippet(text, ["电梯"]).startswith("…")
    assert snippet("短\n文\x1b[31m", []) == "短 文 [31m"
