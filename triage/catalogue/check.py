"""Read a whole dispatch catalogue for what no single entry shows: `zhili catalogue check`.

Unknown departments, clocks and matters; citations that are no law in force; contradictions; gaps; matters
given to 街道 without a basis (a department's matter is not pushed to the grass roots, 国办函〔2025〕66号).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from triage.catalogue.book import Catalogue
from triage.catalogue.dispatch import DispatchEntry
from triage.taxonomy.tree import Taxonomy
from triage.values import LegalBasis

SHARED_WORDS = 0.5
"""Two entries of one class with different leads contradict each other from this share of common words on."""
SHARES = (
    "只", "才", "同时", "配合", "协助", "会同", "参与", "归", "由", "负责",
    "管", "办", "找", "查", "按", "可向", "义务", "移送",
)  # fmt: skip
"""Words with which a reason says who does which part. A unit may help and yet not lead, but the operator who
reads both must be told where the line runs."""
GRASS_ROOTS = "jiedao"
UNDECIDED = "other"
"""The id that gathers what no department of the city leads; it need not lead an entry."""


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "错误"
    WARNING = "提示"


class Standing(StrEnum):
    """What is known of a citation."""

    IN_FORCE = "有效"
    NOT_LAW = "查不到或已失效"
    UNCHECKED = "未核"


Resolve = Callable[[LegalBasis], tuple[Standing, str]]
"""A citation's standing today, and the reason where it is not in force."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or could not be checked."""

    severity: Severity
    kind: str
    entry: str
    """Id of the entry; empty where the whole catalogue is meant."""
    text: str


def check_dispatch(
    entries: Collection[DispatchEntry],
    departments: Catalogue,
    taxonomy: Taxonomy,
    clocks: Collection[str],
    resolve: Resolve | None = None,
) -> tuple[Finding, ...]:
    """Everything that is wrong with the entries, in their order; without `resolve` no citation is checked."""
    found = [
        finding
        for entry in entries
        for finding in (
            *_unknown(entry, departments, taxonomy, clocks),
            *_against_itself(entry),
            *_grass_roots(entry),
        )
    ]
    found += _contradictions(entries)
    found += _gaps(entries, departments, taxonomy)
    if resolve is not None:
        found += _citations(entries, resolve)
    return tuple(found)


def _unknown(
    entry: DispatchEntry, departments: Catalogue, taxonomy: Taxonomy, clocks: Collection[str]
) -> Iterator[Finding]:
    named = (entry.lead, *entry.co, *(each.department for each in entry.not_competent))
    for id in dict.fromkeys(named):
        if id not in departments:
            yield _error("未知单位", entry, f"单位目录中没有 {id}")
    if not taxonomy.is_path(entry.level1, entry.level2):
        yield _error("未知事项", entry, f"事项分类中没有“{entry.level1}／{entry.level2}”")
    if entry.clock and entry.clock not in clocks:
        yield _error("未知时限", entry, f"时限表中没有 {entry.clock}")


def _against_itself(entry: DispatchEntry) -> Iterator[Finding]:
    barred = [each.department for each in entry.not_competent]
    if entry.lead in barred:
        yield _error("自相矛盾", entry, f"主办单位 {entry.lead} 又列为非职责单位")
    if entry.lead in entry.co:
        yield _error("自相矛盾", entry, f"主办单位 {entry.lead} 又列为协办")
    for each in entry.not_competent:
        if each.department in entry.co and not any(word in each.why for word in SHARES):
            text = f"{each.department} 既协办又列为非职责单位，理由没有写明各管哪一部分：{each.why}"
            yield _error("自相矛盾", entry, text)
    for id, times in Counter(barred).items():
        if times > 1:
            yield _error("自相矛盾", entry, f"非职责单位 {id} 写了 {times} 次")


def _grass_roots(entry: DispatchEntry) -> Iterator[Finding]:
    if entry.lead == GRASS_ROOTS and not entry.basis:
        yield _error("下推基层无依据", entry, "主办为街道乡镇，却没有写明法律依据")


def _contradictions(entries: Collection[DispatchEntry]) -> Iterator[Finding]:
    by_name = Counter(entry.name for entry in entries)
    for entry in entries:
        if by_name[entry.name] > 1:
            yield _error("名称重复", entry, f"“{entry.name}”用于 {by_name[entry.name]} 个条目")
    for one, two in combinations(entries, 2):
        same = (one.level1, one.level2, one.level3) == (two.level1, two.level2, two.level3)
        if not same or one.lead == two.lead:
            continue
        shared = set(one.words) & set(two.words)
        if len(shared) >= SHARED_WORDS * min(len(one.words), len(two.words)):
            text = (
                f"与 {two.id} 同类同词而主办不同（{one.lead}／{two.lead}）：{'、'.join(sorted(shared)[:5])}"
            )
            yield _error("主办冲突", one, text)


def _gaps(
    entries: Collection[DispatchEntry], departments: Catalogue, taxonomy: Taxonomy
) -> Iterator[Finding]:
    covered = {(entry.level1, entry.level2) for entry in entries}
    for level1, level2 in taxonomy.pairs:
        if (level1, level2) not in covered:
            yield Finding(Severity.ERROR, "缺口", "", f"事项“{level1}／{level2}”没有条目")
    leading = {entry.lead for entry in entries}
    for id in departments.ids:
        if id not in leading and id != UNDECIDED:
            name = departments.department(id).name
            yield Finding(Severity.ERROR, "缺口", "", f"{name}（{id}）没有主办任何条目")


def _citations(entries: Iterable[DispatchEntry], resolve: Resolve) -> Iterator[Finding]:
    known: dict[LegalBasis, tuple[Standing, str]] = {}
    for entry in entries:
        cited = (*entry.basis, *(basis for each in entry.not_competent for basis in each.basis))
        for basis in dict.fromkeys(cited):
            if basis not in known:
                known[basis] = resolve(basis)
            standing, reason = known[basis]
            if standing is Standing.NOT_LAW:
                yield _error("引用悬空", entry, f"{basis}：{reason}")
            elif standing is Standing.UNCHECKED:
                yield Finding(Severity.WARNING, "引用未核", entry.id, f"{basis}：{reason}")


def _error(kind: str, entry: DispatchEntry, text: str) -> Finding:
    return Finding(Severity.ERROR, kind, entry.id, text)
