"""The dispatch catalogue (派单目录): every kind of matter with its department, its basis and what to ask.

The catalogue of the model city is the folder `entries/` beside this file, one TOML a level 1. A city brings
its own as TOML or as a table (.xlsx, .csv, one row an entry): with `mode = "override"` its entries change or
join ours by id, with `mode = "replace"` ours are left out. Form is checked here; `triage.catalogue.check`
reads the whole for what no single entry shows (unknown departments, contradictions, gaps).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from triage.catalogue.book import load_catalogue
from triage.catalogue.dispatch import DispatchEntry, EntryMatch, NotCompetent
from triage.catalogue.entry_table import is_table, read_entry_rows
from triage.catalogue.matching import Matcher
from triage.catalogue.reading import Entry, entries_of, read_toml
from triage.errors import CatalogueError
from triage.values import Prediction

__all__ = ["DispatchCatalogue", "DispatchEntry", "EntryMatch", "NotCompetent", "load_dispatch"]

ENTRIES = Path(__file__).with_name("entries")
MODES = ("override", "replace")

_KEYS = (
    "id", "name", "level1", "level2", "level3", "lead", "co", "not_competent", "basis", "clock", "ask",
    "tell", "words",
)  # fmt: skip


@dataclass(frozen=True)
class DispatchCatalogue:
    """All entries in the order of their files; ids are unique."""

    entries: tuple[DispatchEntry, ...]
    _by_id: dict[str, DispatchEntry] = field(init=False, repr=False, compare=False)
    _matcher: list[Matcher] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {entry.id: entry for entry in self.entries})
        object.__setattr__(self, "_matcher", [])

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    def __contains__(self, id: object) -> bool:
        """Whether there is an entry of that id."""
        return id in self._by_id

    def entry(self, id: str) -> DispatchEntry:
        """The entry of that id; `CatalogueError` where there is none."""
        if id not in self._by_id:
            near = [known for known in self._by_id if known.split("_")[0] == id.split("_")[0]][:5]
            raise CatalogueError(
                f"派单目录中没有条目 {id}",
                expected="、".join(near) or "目录中已有的条目 id",
                found=id,
                remedy="用 zhili catalogue show --matter 查找",
            )
        return self._by_id[id]

    def of_matter(self, level1: str, level2: str = "") -> tuple[DispatchEntry, ...]:
        """The entries of a matter, or of the whole of a level 1."""
        return tuple(e for e in self.entries if e.level1 == level1 and level2 in ("", e.level2))

    @property
    def matcher(self) -> Matcher:
        """What compares a text with the words of all entries; built once."""
        if not self._matcher:
            self._matcher.append(Matcher(self.entries))
        return self._matcher[0]

    def match(self, text: str, prediction: Prediction | None = None, k: int = 3) -> tuple[EntryMatch, ...]:
        """The `k` entries that fit a masked text best; `prediction` adds what the router believes of it."""
        return self.matcher.match(text, prediction, k)


@cache
def load_dispatch(path: Path | None = None, mode: str = "") -> DispatchCatalogue:
    """The catalogue of the model city, or a city's own file (.toml, or a table).

    `mode` (`override` or `replace`) goes before the file's own; a table has none of its own and replaces.
    Read once a file; raises `CatalogueError` or `FileProblem` with the place of the first broken rule.
    """
    if path is None:
        return DispatchCatalogue(_unique(_shipped()))
    if is_table(path):
        rows, settings = read_entry_rows(path, load_catalogue()), {"mode": "replace"}
    else:
        data = read_toml(path)
        settings = {key: data.pop(key) for key in ("mode", "remove") if key in data}
        rows = entries_of(path, data, "entry")
    own = _unique([(row, _entry(row)) for row in rows])
    chosen = _mode(path, mode or settings.get("mode"))
    removed = _removed(path, settings.get("remove", []), chosen)
    return DispatchCatalogue(own if chosen == "replace" else _overridden(own, removed))


def _shipped() -> list[tuple[Entry, DispatchEntry]]:
    files = sorted(ENTRIES.glob("*.toml"))
    rows = [row for file in files for row in entries_of(file, read_toml(file), "entry")]
    return [(row, _entry(row)) for row in rows]


def _overridden(own: Sequence[DispatchEntry], removed: Sequence[str]) -> tuple[DispatchEntry, ...]:
    changed = {entry.id: entry for entry in own}
    base = load_dispatch().entries
    kept = [changed.pop(entry.id, entry) for entry in base if entry.id not in removed]
    return (*kept, *changed.values())


def _mode(path: Path, found: Any) -> str:
    if found not in MODES:
        raise CatalogueError(
            f"{path} 没有说明与随附目录的关系",
            expected='mode = "override"（逐条覆盖）或 mode = "replace"（整体替换）',
            found="缺失" if found is None else repr(found)[:40],
            remedy="在文件开头写明 mode",
        )
    return str(found)


def _removed(path: Path, found: Any, mode: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(id, str) for id in found):
        raise CatalogueError(
            f"{path} 的 remove 不对", expected='["条目 id", …]', found=repr(found)[:60], remedy="改正 remove"
        )
    known = {entry.id for entry in load_dispatch().entries} if found else set()
    unknown = [id for id in found if id not in known]
    if unknown or (found and mode == "replace"):
        raise CatalogueError(
            f"{path} 的 remove 无从删除",
            expected="随附目录中的条目 id，且 mode 为 override",
            found="、".join(unknown) or "mode 为 replace",
            remedy="改正 remove，或删去这一行",
        )
    return tuple(found)


def _entry(row: Entry) -> DispatchEntry:
    id, row = row.identified()
    row.only(_KEYS)
    return DispatchEntry(
        id=id,
        name=row.text("name"),
        level1=row.text("level1"),
        level2=row.text("level2"),
        level3=row.text("level3", empty=True),
        lead=row.text("lead"),
        co=row.texts("co", empty=True),
        not_competent=_not_competent(row),
        basis=row.bases(),
        clock=row.text("clock", empty=True),
        ask=row.texts("ask"),
        tell=row.texts("tell"),
        words=row.texts("words"),
    )


def _not_competent(row: Entry) -> tuple[NotCompetent, ...]:
    found = row.values.get("not_competent", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise row.wrong(
            "的 not_competent 不对",
            '[{ department = "单位 id", why = "…", basis = […] }, …]',
            repr(found)[:60],
        )
    parts = [Entry(row.path, f"{row.place} 的 not_competent", each) for each in found]
    for part in parts:
        part.only(("department", "why", "basis"))
    return tuple(NotCompetent(part.text("department"), part.text("why"), part.bases()) for part in parts)


def _unique(rows: Iterable[tuple[Entry, DispatchEntry]]) -> tuple[DispatchEntry, ...]:
    seen: dict[str, Entry] = {}
    entries = []
    for row, entry in rows:
        if entry.id in seen:
            raise row.named(entry.id).wrong(
                "的 id 重复",
                "id 互不相同",
                f"已用于{seen[entry.id].path.name} {seen[entry.id].place}",
                "改名或合并",
            )
        seen[entry.id] = row
        entries.append(entry)
    return tuple(entries)
