"""Learns the ear of the gates (`triage.policy.alarm`) from messages of our own against everyday petitions.

    python -m triage.training.alarm --cases tests/triage/gate_cases.toml tests/triage/gate_cases_200.toml \
        --data DIR/petition --out triage/policy/alarm.json

Of gate_cases_200.toml only half 0 (by hash of the text) is learned: half 1 is for measuring. The petitions
are titles and openings; they weigh a fifth of a message of ours, since a few of them may be emergencies.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from triage.policy.alarm import ngrams
from triage.text import normalise

EMERGENCY = "110/119/120"
PETITIONS = ("teddy_c2_train", "teddy_c3_hot", "dongguan_2018")
PER_FILE = 500
KEPT = 8000
"""Weights that are kept, the largest first."""
HELD = "gate_cases_200"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, nargs="+", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threshold", type=float, default=0.5)
    options = parser.parse_args(arguments)
    ours = [case for path in options.cases for case in read_ours(path)]
    found = learn(ours, read_petitions(options.data), options.threshold)
    options.out.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    return 0


def read_ours(path: Path) -> list[tuple[str, bool]]:
    """Texts of a file of cases and whether each is an emergency; without the half that is for measuring."""
    tables = tomllib.loads(path.read_text("utf-8"))
    nested = any(isinstance(listed, dict) for listed in tables.values())
    parts = tables.values() if nested else [tables]
    cases = [
        (text, kind == EMERGENCY) for part in parts for kind, listed in part.items() for _, text in listed
    ]
    if path.stem != HELD:
        return cases
    return [case for case in cases if hashlib.sha256(case[0].encode()).digest()[0] % 2 == 0]


def read_petitions(folder: Path) -> list[str]:
    """Titles and openings of everyday messages."""
    chance = random.Random(1)
    texts: list[str] = []
    for name in PETITIONS:
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for row in chance.sample(rows, min(PER_FILE, len(rows))):
            texts += [(row.get("title") or "")[:60], row["text"][:80]]
    return [text for text in texts if text.strip()]


def learn(ours: Sequence[tuple[str, bool]], petitions: Sequence[str], threshold: float) -> dict[str, object]:
    """The weights as `alarm.json` holds them."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    texts = [normalise(text) for text, _ in ours] + [normalise(text) for text in petitions]
    target = np.array([urgent for _, urgent in ours] + [False] * len(petitions))
    weight = np.array([1.0] * len(ours) + [0.2] * len(petitions))
    read = [ngrams(text) for text in texts]
    seen: dict[str, int] = {}
    for grams in read:
        for gram in grams:
            seen[gram] = seen.get(gram, 0) + 1
    columns = {gram: at for at, gram in enumerate(sorted(gram for gram, times in seen.items() if times > 1))}
    cells = [
        (row, columns[gram], len(grams) ** -0.5)
        for row, grams in enumerate(read)
        for gram in grams
        if gram in columns
    ]
    rows, at, values = zip(*cells, strict=True)
    matrix = csr_matrix((values, (rows, at)), shape=(len(texts), len(columns)))
    model = LogisticRegression(C=30.0, max_iter=500).fit(matrix, target, sample_weight=weight)
    learned = dict(zip(columns, model.coef_[0], strict=True))
    kept = sorted(learned, key=lambda gram: -abs(learned[gram]))[:KEPT]
    return {
        "threshold": threshold,
        "bias": round(float(model.intercept_[0]), 4),
        "weights": {gram: round(float(learned[gram]), 3) for gram in sorted(kept)},
    }


if __name__ == "__main__":
    raise SystemExit(main())
