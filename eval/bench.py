"""Speed and memory as ratios against a peer in one run: `make bench` (`python -m eval.bench [--out FILE]`).

Absolute times drift with the machine; a ratio in one run holds. Peers: for routing a BERT-base-sized network
(random weights: its speed does not depend on them) on the same messages; for search SQLite's full-text index
(trigrams) over the same articles; for the start of the program an import of torch and transformers. Where the
milliseconds go is told in processor time (`eval.bench_stages`).
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench_stages import stages
from eval.provenance import Stopwatch
from eval.result import Result, Score, render_table, save_result

if TYPE_CHECKING:
    from service.assistant import Assistant

MESSAGES = tuple(
    text * 3
    for text in (
        # Written for the benchmark; about as long as the median real message (217 characters).
        "小区北门外的夜宵摊每天营业到凌晨三点，桌椅摆到机动车道上，油烟往楼上窜，我们报过几次都没有人来管，孩子马上要考试了，希望尽快处理。",
        "单位从去年十月起就没有给我们缴过社保，问了人事说等公司效益好了再补，我想知道应该去哪里投诉，需要带什么材料。",
        "路口的信号灯配时有问题，南北方向只有十几秒绿灯，早高峰堵到高架下面，行人根本来不及过街，建议延长时间或者加装行人按钮。",
        "我买的房子合同写的是六月底交房，现在已经过去半年，工地上一个工人都没有，开发商电话打不通，贷款还要每个月还。",
    )
)
ROUNDS = 5
SINGLES = 200
"""Messages read one by one for the quantiles."""
ANSWERS = 15


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, save the Result where asked."""
    from rich.console import Console

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    result = measure()
    if options.out:
        save_result(result, options.out)
    Console().print(render_table(result))
    return 0


def measure() -> Result:
    """All benchmarks; every score is the median of `ROUNDS` rounds, without an interval."""
    from triage.classifier.router import Router

    watch = Stopwatch()
    router = Router.load()
    scores = routing(router.predict) | searching() | answering() | starting()
    scores |= stages(router, _assistant(), MESSAGES)
    # No data file goes in: the messages stand above, the articles in the package.
    return Result("bench", scores, watch.record(data=[Path(__file__)], model_hash=router.manifest.hash))


def routing(predict: Callable[[Sequence[str]], object]) -> dict[str, Score]:
    """Milliseconds a message, alone (mean, p50, p95) and in a batch of 64; how often BERT-base fits in."""
    single = _seconds(lambda: [predict([message]) for message in MESSAGES]) / len(MESSAGES)
    batch = list(MESSAGES) * 16
    together = _seconds(lambda: predict(batch)) / len(batch)
    peer = _seconds(_bert_base()) / len(MESSAGES)
    return {
        "route_ms": _score(1000 * single),
        **_quantiles("route", lambda number: predict([MESSAGES[number % len(MESSAGES)]])),
        "route_batch_per_second": _score(1 / together),
        "route_times_faster_than_bert_base": _score(peer / single),
    }


def answering() -> dict[str, Score]:
    """Milliseconds of a whole answer: route, law and guidance, over whatever law is installed.

    Every message is answered `ANSWERS` times with its own tail, so that nothing is remembered from before.
    """
    from triage.values import Complaint

    assistant = _assistant()
    times = []
    for number in range(ANSWERS):
        for message in MESSAGES:
            began = time.perf_counter()
            assistant.handle(Complaint(text=f"{message}已经反映{number + 1}次。"))
            times.append(1000 * (time.perf_counter() - began))
    times = sorted(times[len(MESSAGES) :])
    middle, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
    return {
        "answer_ms_p50": Score(round(middle, 3), None, None, len(times)),
        "answer_ms_p95": Score(round(late, 3), None, None, len(times)),
    }


def _assistant() -> Assistant:
    """Over whatever law is installed, without a language model."""
    from service.assistant import Assistant
    from service.settings import Settings

    return Assistant.open(replace(Settings.from_environment(), llm_url=""))


def searching() -> dict[str, Score]:
    """Milliseconds a search over the digest, and how often SQLite's full-text search would fit into them."""
    from legal_corpus.digest import load_digest
    from retrieval.dense import embedded
    from retrieval.index import LexicalIndex
    from retrieval.searcher import Searcher
    from retrieval.sources import from_article

    articles = list(load_digest().articles())
    index = LexicalIndex.in_memory([from_article(article) for article in articles], embedded())
    searcher = Searcher(index)
    ours = _seconds(lambda: [searcher.search(message, 10) for message in MESSAGES]) / len(MESSAGES)
    peer = _seconds(_full_text([article.text for article in articles])) / len(MESSAGES)
    return {"search_ms": _score(1000 * ours), "search_times_faster_than_sqlite_fts5": _score(peer / ours)}


def starting() -> dict[str, Score]:
    """Seconds and megabytes of one `zhili triage` from a cold process, against importing torch alone."""
    ours, memory = _process(["-m", "app", "triage", MESSAGES[0], "--json"])
    peer, peer_memory = _process(["-c", "import torch, transformers; transformers.AutoModel"])
    return {
        "first_answer_seconds": _score(ours),
        "first_answer_megabytes": _score(memory),
        "first_answer_seconds_over_torch_import": _score(ours / peer),
        "first_answer_megabytes_over_torch_import": _score(memory / peer_memory),
    }


def _bert_base() -> Callable[[], object]:
    """A BERT-base-sized network reading every message by itself, as a router would."""
    import torch
    from transformers import BertConfig, BertModel

    network = BertModel(BertConfig(vocab_size=21128))
    network.train(False)
    inputs = [torch.randint(5, 21128, (1, min(512, len(message)))) for message in MESSAGES]

    def read() -> None:
        with torch.inference_mode():
            for ids in inputs:
                network(input_ids=ids)

    return read


def _full_text(texts: Sequence[str]) -> Callable[[], object]:
    """SQLite FTS5 with trigrams; a message becomes an OR over its trigrams, or it would find nothing."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE law USING fts5(text, tokenize='trigram')")
    base.executemany("INSERT INTO law VALUES (?)", [(text,) for text in texts])

    def search() -> None:
        for message in MESSAGES:
            grams = sorted({message[i : i + 3] for i in range(len(message) - 2)})
            query = " OR ".join('"' + gram.replace('"', "") + '"' for gram in grams)
            base.execute(
                "SELECT rowid FROM law WHERE law MATCH ? ORDER BY rank LIMIT 10", (query,)
            ).fetchall()

    return search


def _process(arguments: Sequence[str]) -> tuple[float, float]:
    """Median wall seconds and largest resident megabytes of a child process, over three starts."""
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    seconds: list[float] = []
    largest = 0
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
        )
        seconds.append(time.perf_counter() - began)
        largest = max(largest, int(done.stdout))
    # Linux counts kilobytes, macOS bytes.
    return statistics.median(seconds), largest / (1024**2 if sys.platform == "darwin" else 1024)


def _seconds(work: Callable[[], object]) -> float:
    """Median wall seconds of `work` after one warm-up."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _quantiles(name: str, work: Callable[[int], object]) -> dict[str, Score]:
    """Median and 95th percentile of the milliseconds of one piece of work, over `SINGLES` pieces."""
    times = []
    for number in range(SINGLES):
        began = time.perf_counter()
        work(number)
        times.append(1000 * (time.perf_counter() - began))
    ordered = sorted(times)
    return {
        f"{name}_p50_ms": Score(round(ordered[SINGLES // 2], 3), None, None, SINGLES),
        f"{name}_p95_ms": Score(round(ordered[SINGLES * 95 // 100], 3), None, None, SINGLES),
    }


def _score(value: float) -> Score:
    return Score(round(value, 3), None, None, ROUNDS)


if __name__ == "__main__":
    sys.exit(main())
