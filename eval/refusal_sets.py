"""The texts on which refusal is fitted and measured: our own, by topic, and real ones that law governs.

A third of the topics of our own texts, and of the real texts, is held: chosen by a hash of kind and topic, so
that texts of one topic never stand on both sides and nothing changes when topics are added. Two older sets of
ours (`older_…`: everyday questions, texts out of scope) are held as a whole.
"""

from __future__ import annotations

import hashlib
import json
import random
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import DataMissing
from triage.training.split import in_test_part

OWN = Path(__file__).with_name("refusal_texts.toml")
OLDER = Path(__file__).with_name("refusal_older.toml")
EVERYDAY = Path(__file__).with_name("everyday.toml")
SEED = 5
IN_SCOPE, OLDER_KIND = "in_", "older_"
STARD, CONSULT, LAWYER = "stard", "consult", "lawyer"
HEADLINE, MESSAGE = "headline", "message"
OURS = (IN_SCOPE, "out_", OLDER_KIND)
"""How the kinds of our own texts begin; all others are people's."""
QUESTIONS = {
    STARD: "law/stard_train_queries.jsonl",
    CONSULT: "law/lawbench_consult.jsonl",
    LAWYER: "law/qa_lawyer_llama.jsonl",
}
COMPLAINTS = "petition/teddy_c2_train.jsonl"
"""Inside the data folder."""
_LONGEST_QUESTION = 60
"""Characters: longer questions to a lawyer tell a whole story and are never refused."""
_NO_LAW = "希望开一条公交到地铁站"
_SAMPLE = {STARD: 300, CONSULT: 250, LAWYER: 200, HEADLINE: 320, MESSAGE: 100}


@dataclass(frozen=True, slots=True)
class Sample:
    """One text: what kind it is, what it is about, whether some law governs it, whether it is held."""

    kind: str
    topic: str
    text: str
    governed: bool
    held: bool


def own_texts(path: Path = OWN, older: Path = OLDER) -> list[Sample]:
    """The texts written for this project."""
    fresh = tomllib.loads(path.read_text("utf-8"))
    found = [
        Sample(kind, topic, text, kind.startswith(IN_SCOPE), is_held(kind, topic))
        for kind, topics in fresh.items()
        for topic, texts in topics.items()
        for text in texts
    ]
    for kind, texts in tomllib.loads(older.read_text("utf-8")).items():
        found += [Sample(f"{OLDER_KIND}{kind}", text, text, False, True) for text in texts]
    return found + [Sample(f"{OLDER_KIND}in_everyday", text, text, True, True) for text in everyday()]


def is_ours(kind: str) -> bool:
    """Whether texts of this kind were written for this project."""
    return kind.startswith(OURS)


def files_of(data: Path | None) -> list[Path]:
    """Every file that the texts come from."""
    real = [] if data is None else [data / name for name in (*QUESTIONS.values(), COMPLAINTS)]
    return [OWN, OLDER, EVERYDAY, *real]


def everyday(path: Path = EVERYDAY) -> list[str]:
    """The short everyday questions of the router's test, but for a wish that no law grants."""
    halves = tomllib.loads(path.read_text("utf-8")).values()
    return [text for half in halves for texts in half.values() for text in texts if text != _NO_LAW]


def real_texts(data: Path) -> list[Sample]:
    """Real questions and complaints, all governed by some law: of the complaints the training part alone.

    Raises `DataMissing` where a file of `data` is not there.
    """
    chance = random.Random(SEED)
    found: list[Sample] = []
    for kind, name in QUESTIONS.items():
        texts = [_question(row) for row in _rows(data / name)]
        if kind == LAWYER:
            texts = [text for text in texts if 5 < len(text) <= _LONGEST_QUESTION]
        chance.shuffle(texts)
        found += [_real(kind, text, text) for text in texts[: _SAMPLE[kind]]]
    return found + _complaints(data / COMPLAINTS, chance)


def is_held(kind: str, topic: str) -> bool:
    """Whether a topic is for measuring: one in three."""
    return int(hashlib.sha256(f"refusal:{kind}/{topic}".encode()).hexdigest()[:8], 16) % 6 in (1, 3)


def _complaints(path: Path, chance: random.Random) -> list[Sample]:
    rows = [row for row in _rows(path) if not in_test_part(f"c2:{row['dup_group']}")]
    chance.shuffle(rows)
    titled = [row for row in rows if len(row["title"]) > 5]
    heads, wholes = titled[: _SAMPLE[HEADLINE]], titled[-_SAMPLE[MESSAGE] :]
    found = [_real(HEADLINE, str(row["dup_group"]), row["title"]) for row in heads]
    return found + [_real(MESSAGE, str(row["dup_group"]), f"{row['title']}\n{row['text']}") for row in wholes]


def _real(kind: str, topic: str, text: str) -> Sample:
    return Sample(kind, topic, text, True, is_held(kind, topic))


def _question(row: Mapping[str, Any]) -> str:
    return str(row.get("query") or row.get("question") or row.get("text"))


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    if not path.exists():
        raise DataMissing(
            "缺少评测数据",
            expected=str(path.name),
            found="文件不存在",
            remedy="把 --data 指向含 law/ 与 petition/ 的数据目录",
        )
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
