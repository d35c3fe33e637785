"""The department catalogue (单位目录): who handles what, on which basis, what is often sent there wrongly.

The national catalogue is `departments.toml` beside this file. A city whose offices are cut differently keeps
its own file of the same form and loads it with `load_catalogue(path)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from triage.catalogue.reading import Entry, read_entries
from triage.errors import CatalogueError
from triage.values import LegalBasis

DEPARTMENTS = Path(__file__).with_name("departments.toml")

_KEYS = ("id", "name", "public_line", "duties", "words", "not_here", "basis")


@dataclass(frozen=True, slots=True)
class NotHere:
    """A matter that is often sent to a department by mistake (常见误派), and where it belongs."""

    matter: str
    goes_to: str
    """Id of the department that handles it."""


@dataclass(frozen=True, slots=True)
class Department:
    """One department (承办单位)."""

    id: str
    """Stable; the labels of a trained router."""
    name: str
    duties: tuple[str, ...]
    """What is dispatched here (职责), in our own words."""
    words: tuple[str, ...]
    """How citizens speak of its matters (口语词)."""
    not_here: tuple[NotHere, ...]
    basis: tuple[LegalBasis, ...]
    """Articles that make it competent (职权依据)."""
    public_line: str
    """Its national service number (公众服务热线); empty where there is none."""


@dataclass(frozen=True)
class Catalogue:
    """The departments in the order of their file. Ids are unique and every `goes_to` exists."""

    departments: tuple[Department, ...]
    _by_id: dict[str, Department] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {department.id: department for department in self.departments})

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all departments, in order."""
        return tuple(self._by_id)

    def __contains__(self, id: object) -> bool:
        """Whether there is a department of that id."""
        return id in self._by_id

    def department(self, id: str) -> Department:
        """The department of that id; `CatalogueError` where there is none."""
        if id not in self._by_id:
            raise CatalogueError(
                f"单位目录中没有 {id}",
                expected="、".join(self.ids),
                found=id,
                remedy="检查单位 id，或换用与模型配套的单位目录",
            )
        return self._by_id[id]


@cache
def load_catalogue(path: Path | None = None) -> Catalogue:
    """The department catalogue: the national one, or a city's own file.

    Read once a file; raises `CatalogueError` with file, entry, expected and found where a rule is broken.
    """
    entries = read_entries(path or DEPARTMENTS, "department")
    departments = tuple(_department(entry) for entry in entries)
    _check_unique(entries, departments, "id", (department.id for department in departments))
    _check_unique(entries, departments, "name", (department.name for department in departments))
    known = {department.id for department in departments}
    for entry, department in zip(entries, departments, strict=True):
        _check_not_here(entry.named(department.id), department, known)
    return Catalogue(departments)


def _department(entry: Entry) -> Department:
    id, entry = entry.identified()
    entry.only(_KEYS)
    return Department(
        id=id,
        name=entry.text("name"),
        duties=entry.texts("duties"),
        words=entry.texts("words"),
        not_here=_not_here(entry),
        basis=entry.bases(),
        public_line=entry.text("public_line", empty=True),
    )


def _not_here(entry: Entry) -> tuple[NotHere, ...]:
    rows = entry.values.get("not_here", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise entry.wrong("的 not_here 不对", '[{ matter = "…", goes_to = "单位 id" }, …]', repr(rows)[:60])
    parts = [Entry(entry.path, f"{entry.place} 的 not_here", row) for row in rows]
    for part in parts:
        part.only(("matter", "goes_to"))
    return tuple(NotHere(part.text("matter"), part.text("goes_to")) for part in parts)


def _check_not_here(entry: Entry, department: Department, known: set[str]) -> None:
    for row in department.not_here:
        if row.goes_to not in known:
            raise entry.wrong("的 not_here 指向不存在的单位", "目录中已有的 id", row.goes_to)
        if row.goes_to == department.id:
            raise entry.wrong("的 not_here 指向自己", "另一个单位的 id", row.goes_to)


def _check_unique(
    entries: list[Entry], departments: tuple[Department, ...], key: str, values: Iterable[str]
) -> None:
    seen: dict[str, str] = {}
    for entry, department, value in zip(entries, departments, values, strict=True):
        if value in seen:
            raise entry.named(department.id).wrong(
                f"的 {key} 重复", f"{key} 互不相同", f"{value} 已用于{seen[value]}", "改名或合并两个条目"
            )
        seen[value] = entry.place
