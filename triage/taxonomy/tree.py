"""The taxonomy of matters (信访事项内容分类): level 1, level 2, and how citizens speak of each.

The national taxonomy is `matters.toml` beside this file; a city may load its own file of the same form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from triage.catalogue.book import Catalogue
from triage.catalogue.reading import Entry, read_entries
from triage.errors import CatalogueError
from triage.values import LegalBasis

MATTERS = Path(__file__).with_name("matters.toml")

_KEYS = ("level1", "level2", "words", "department", "basis")


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter (事项): a pair of the taxonomy."""

    level1: str
    level2: str
    words: tuple[str, ...]
    """How citizens put it, in our own words."""
    department: tuple[str, ...]
    """Ids of the departments that usually handle it, the likeliest first."""
    basis: tuple[LegalBasis, ...]
    """Articles that typically govern it; empty where no national article does."""


@dataclass(frozen=True)
class Taxonomy:
    """All matters in the order of their file; each pair (level 1, level 2) stands once."""

    matters: tuple[Matter, ...]
    _by_pair: dict[tuple[str, str], Matter] = field(init=False, repr=False, compare=False)
    _tree: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tree: dict[str, tuple[str, ...]] = {}
        for matter in self.matters:
            tree[matter.level1] = (*tree.get(matter.level1, ()), matter.level2)
        object.__setattr__(self, "_tree", tree)
        object.__setattr__(self, "_by_pair", {(each.level1, each.level2): each for each in self.matters})

    @property
    def level1(self) -> tuple[str, ...]:
        """The names of level 1, in order."""
        return tuple(self._tree)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All (level 1, level 2), in order."""
        return tuple(self._by_pair)

    def children(self, level1: str) -> tuple[str, ...]:
        """The names of level 2 under `level1`; `CatalogueError` where there is no such level 1."""
        if level1 not in self._tree:
            raise _unknown(f"一级分类“{level1}”", self.level1, level1)
        return self._tree[level1]

    def is_path(self, level1: str, level2: str) -> bool:
        """Whether the pair exists."""
        return (level1, level2) in self._by_pair

    def matter(self, level1: str, level2: str) -> Matter:
        """The matter of that pair; `CatalogueError` where there is none."""
        if not self.is_path(level1, level2):
            raise _unknown(f"“{level1}／{level2}”", self.children(level1), level2)
        return self._by_pair[level1, level2]


@cache
def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """The taxonomy of matters: the national one, or a city's own file.

    Read once a file; raises `CatalogueError` with file, entry, expected and found where a rule is broken.
    """
    entries = read_entries(path or MATTERS, "matter")
    seen: dict[tuple[str, str], str] = {}
    matters = []
    for entry in entries:
        matter = _matter(entry)
        pair = (matter.level1, matter.level2)
        if pair in seen:
            raise entry.named("／".join(pair)).wrong("重复", "每对分类只出现一次", f"已写在{seen[pair]}")
        seen[pair] = entry.place
        matters.append(matter)
    return Taxonomy(tuple(matters))


def check_departments(taxonomy: Taxonomy, catalogue: Catalogue) -> None:
    """Raise `CatalogueError` where a matter names a department that the catalogue does not hold."""
    for matter in taxonomy.matters:
        for id in matter.department:
            if id not in catalogue:
                raise CatalogueError(
                    f"事项“{matter.level1}／{matter.level2}”指向不存在的单位",
                    expected="单位目录中已有的 id",
                    found=id,
                    remedy="改正该事项的 department，或换用配套的单位目录",
                )


def _matter(entry: Entry) -> Matter:
    level1, level2 = entry.text("level1"), entry.text("level2")
    entry = entry.named(f"{level1}／{level2}")
    entry.only(_KEYS)
    return Matter(level1, level2, entry.texts("words"), entry.texts("department"), entry.bases())


def _unknown(what: str, known: tuple[str, ...], found: str) -> CatalogueError:
    return CatalogueError(
        f"事项分类中没有{what}", expected="、".join(known), found=found, remedy="检查分类名称"
    )
