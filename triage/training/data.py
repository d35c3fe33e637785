"""Labelled rows from files of four schemas, brought to one: clean, masked text and whatever labels there are.

Schemas, told apart by their columns, row by row:
- Teddy Cup annex 2: `title text label dup_group` (level 1 of 7 classes);
- dispatch gold: `uid title text level1 level2 dept dept_ok type urgency`;
- plain: `title text level1 level2 department kind urgency`, any label may be missing;
- classes: `level1 level2 level3` without a text: the name of the class teaches where it stands.
A message without any label still teaches which words go together (source `pool`); one with a published reply
gets the department that the reply names, as a weak label (source `weak`).

The text is what inference will see: title on the first line, normalised, masked.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from foundation.tables import BadRow, Row, read_table
from triage.catalogue.book import load_catalogue
from triage.classifier.places import fold_places
from triage.errors import TrainingDataError
from triage.privacy import mask
from triage.taxonomy.tree import load_taxonomy
from triage.text import compose, normalise
from triage.training.tickets import ColumnMap, department_id, department_ids
from triage.training.weak import WEIGHT, handling_department

KINDS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
"""诉求类型 (dispatch guideline v1)."""
URGENCIES = ("紧急", "较急", "一般")
"""紧急程度, most urgent first."""


PHRASE = "phrase"
"""Source of a row that is a single phrase: it teaches its label, but neither vocabulary nor directions."""
PHRASE_WEIGHT = 0.5
"""Of one phrase; what was tried: docs/experiment_log.md. It is these that teach short everyday questions."""


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One message with the labels that are known of it; `None` is unknown, never a class."""

    id: str
    """`source:key`, unique inside one training run."""
    text: str
    """Clean and masked, the title on its first line."""
    source: str
    """`c2` · `gold` · `plain` · `weak` (a department that a reply names) · `pool` (no label)."""
    group: str
    """Rows of one group never stand on two sides of a split."""
    level1: str | None = None
    level2: str | None = None
    dept: str | None = None
    dept_ok: tuple[str, ...] = ()
    """Other departments to which dispatch is not wrong."""
    kind: str | None = None
    urgency: str | None = None
    received: str = ""
    """When it was received (ISO), where that is known; a split by time needs it."""
    weight: float = 1.0
    """How far the labels are trusted: 1 for a person's label, less for a weak one."""

    @property
    def by_hand(self) -> bool:
        """Whether a person labelled it: only such rows are measured and calibrated on."""
        return self.source not in ("pool", "weak", PHRASE, "pseudo")


def load_rows(
    paths: Iterable[Path], *, columns: ColumnMap | None = None, workers: int | None = None
) -> list[TrainingRow]:
    """All usable rows of the files; raise `TrainingDataError` where a row is broken or none is usable."""
    raw = [row for path in paths for row in read_labelled(path, columns)]
    texts = clean_texts([row.text for row in raw], workers=workers)
    rows = [replace(row, text=text) for row, text in zip(raw, texts, strict=True) if text.strip()]
    rows = _without_ambiguous_classes(rows)
    if not rows:
        raise TrainingDataError(
            "没有可用的训练数据",
            expected="至少一行带标签的留言",
            found="0 行",
            remedy="检查文件与列名（title、text、level1、department、kind、urgency）",
        )
    return rows


def read_labelled(path: Path, columns: ColumnMap | None = None) -> Iterator[TrainingRow]:
    """The rows of one file with their labels checked and their text still raw."""
    known = _Known()
    columns = columns or ColumnMap()
    for row in read_table(path):
        if isinstance(row, BadRow):
            raise TrainingDataError(
                f"{path.name} 第 {row.number} 行无法读取", found=row.problem, remedy="修正或删除这一行"
            )
        parsed = _parse(columns.apply(row, path.name), path.stem)
        known.check(parsed, f"{path.name} 第 {row.number} 行")
        yield parsed


def clean(text: str) -> str:
    """The text as inference sees it: normalised, masked, place names as one sign."""
    return fold_places(mask(normalise(text)).text)


def clean_texts(texts: Sequence[str], *, workers: int | None = None) -> list[str]:
    """`clean` over many texts, on several processes where there are enough of them to pay."""
    count = workers if workers is not None else min(2, os.cpu_count() or 1)
    if count < 2 or len(texts) < 500:
        return [clean(text) for text in texts]
    with ProcessPoolExecutor(count) as pool:
        return list(pool.map(clean, texts, chunksize=100))


class _Known:
    """The label sets that a row must keep to."""

    def __init__(self) -> None:
        self.taxonomy = load_taxonomy()
        self.departments = {department.id for department in load_catalogue().departments}

    def check(self, row: TrainingRow, where: str) -> None:
        """Raise `TrainingDataError` naming the first label that does not exist."""
        self._among(row.level1, self.taxonomy.level1, "一级事项", where)
        if row.level2 is not None and not self.taxonomy.is_path(row.level1 or "", row.level2):
            raise _wrong(where, "二级事项", "一级之下存在的二级", f"{row.level1}/{row.level2}")
        for department in (row.dept, *row.dept_ok):
            self._among(department, self.departments, "单位", where)
        self._among(row.kind, KINDS, "诉求类型", where)
        self._among(row.urgency, URGENCIES, "紧急程度", where)

    @staticmethod
    def _among(label: str | None, allowed: Iterable[str], what: str, where: str) -> None:
        if label is not None and label not in allowed:
            raise _wrong(where, what, "、".join(list(allowed)[:8]) + "…", label)


def _wrong(where: str, what: str, expected: str, found: str) -> TrainingDataError:
    return TrainingDataError(
        f"{where}的{what}不存在", expected=expected, found=found, remedy="修正这一行的标签"
    )


def _parse(row: Row, stem: str) -> TrainingRow:
    """One row by the schema that its columns show."""
    values = row.values
    received = _text(values, "time", "received_at") or ""
    text = compose(_text(values, "title") or "", _text(values, "text") or "")
    if "dup_group" in values and "label" in values:
        key = f"{_text(values, 'row') or row.number}"
        group = f"c2:{values['dup_group']}"
        label = _text(values, "label")
        return TrainingRow(f"c2:{key}", text, "c2", group, level1=label, received=received)
    if "level3" in values and not text.strip():
        return _class(values, f"class:{stem}-{row.number}")
    source = "gold" if "uid" in values and "dept" in values else "plain"
    key = f"{source}:{_text(values, 'uid', 'id') or f'{stem}-{row.number}'}"
    labels: dict[str, Any] = {
        "level1": _text(values, "level1"),
        "level2": _text(values, "level2"),
        "dept": department_id(_text(values, "dept", "department")),
        "kind": _text(values, "type", "kind"),
        "urgency": _text(values, "urgency"),
    }
    if not any(labels.values()):
        unlabelled = _unlabelled(f"{stem}-{row.number}", text, _text(values, "reply") or "")
        return replace(unlabelled, received=received)
    group = _text(values, "group") or key
    others = department_ids(values.get("dept_ok") or values.get("department_ok"))
    return TrainingRow(key, text, source, group, dept_ok=others, received=received, **labels)


def _class(values: dict[str, Any], name: str) -> TrainingRow:
    """A class of the taxonomy, by its own name."""
    labels = (_text(values, "level1"), _text(values, "level2"))
    text = _text(values, "level3") or ""
    return TrainingRow(name, text, PHRASE, name, *labels, weight=PHRASE_WEIGHT)


def _without_ambiguous_classes(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """A class name that stands in several places (其他) says nothing of any."""
    counts = Counter(row.text for row in rows if row.source == PHRASE)
    return [row for row in rows if row.source != PHRASE or counts[row.text] == 1]


def _unlabelled(name: str, text: str, reply: str) -> TrainingRow:
    """A row that nobody labelled; its reply, if it has one, may name the department."""
    named = handling_department(reply)
    if named is None:
        return TrainingRow(f"pool:{name}", text, "pool", f"pool:{name}")
    return TrainingRow(f"weak:{name}", text, "weak", f"weak:{name}", dept=named, weight=WEIGHT)


def _text(values: dict[str, Any], *names: str) -> str | None:
    """The first of the named columns that holds something."""
    for name in names:
        if values.get(name) not in (None, ""):
            return str(values[name]).strip()
    return None
