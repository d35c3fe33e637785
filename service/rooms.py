"""Opens the rooms below and joins them into an `Assistant`: router, desk, law, search."""

from __future__ import annotations

from dataclasses import dataclass

from legal_corpus.digest import load_digest
from legal_corpus.library import Library
from legal_corpus.store import LawStore
from retrieval.dense import embedded
from retrieval.errors import IndexMismatch
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.sources import from_article
from service.assistant import Assistant
from service.references import References, Wing
from service.seams import Department
from service.settings import Settings
from triage.catalogue.book import Catalogue, load_catalogue
from triage.classifier.router import Router
from triage.desk import TriageDesk
from triage.policy.place_rules import load_place_rules
from triage.taxonomy.tree import Taxonomy, load_taxonomy
from triage.values import LegalBasis

NO_INDEX = "全文库还没有检索索引，暂按内置摘要检索；运行 zhili index build 后按全文检索。"
DIGEST_WEIGHT = 2.0
"""Voice of the digest beside the full law. On the 75 complaints of law_gold_dev with a governing article the
recall of those at 5 is .42 for the digest alone (its topics are lay words), .11 for the full law alone,
.39 fused; at 10 it is .54, .19 and .52. The digest was written for such complaints: on others the full law
counts for more, and local law stands only there."""
ALIEN_INDEX = "检索索引不是由现有全文库建立的，暂按内置摘要检索；请重新运行 zhili index build。"
PLAIN_INDEX = "检索索引没有重排特征，条文次序较粗；请重新运行 zhili index build。"
OLD_INDEX = "检索索引的向量由另一版编码器计算，暂按内置摘要检索；请重新运行 zhili index build。"


@dataclass(frozen=True)
class Directory:
    """Catalogue and taxonomy seen together."""

    catalogue: Catalogue
    taxonomy: Taxonomy

    def department(self, id: str) -> Department:
        """The entry of a department; raises `CatalogueError` where there is none."""
        return self.catalogue.department(id)

    def department_basis(self, id: str) -> tuple[LegalBasis, ...]:
        """What the duty of a department rests on; empty where the catalogue has no such department."""
        known = any(department.id == id for department in self.catalogue.departments)
        return tuple(self.department(id).basis) if known else ()

    def matter_basis(self, level1: str, level2: str) -> tuple[LegalBasis, ...]:
        """What governs a matter."""
        return self.taxonomy.matter(level1, level2).basis


def open_assistant(settings: Settings) -> Assistant:
    """Everything loaded and joined; raises `ZhiliError` with its remedy where a part cannot be used."""
    catalogue = load_catalogue()
    router = Router.load(settings.router)
    places = load_place_rules(settings.place_rules) if settings.place_rules is not None else None
    references, notes = open_references(settings)
    return Assistant(
        desk=TriageDesk(router, catalogue, places=places, region=settings.region),
        references=references,
        directory=Directory(catalogue, load_taxonomy()),
        model=router.name,
        region=settings.region,
        notes=notes,
    )


def open_references(settings: Settings) -> tuple[References, tuple[str, ...]]:
    """The law without the router, and what the reader of every answer must know about it."""
    digest = load_digest()
    in_memory = LexicalIndex.in_memory(map(from_article, digest.articles()), embedded())
    wings = [_wing(in_memory, DIGEST_WEIGHT)]
    if not settings.corpus_path.exists():
        return References(Library([digest]), digest, wings), ()
    store = LawStore.open(settings.corpus_path)
    wing, notes = _store_wing(settings, store)
    if wing is not None:
        wings.append(wing)
    return References(Library([store, digest]), digest, wings), notes


def _wing(index: LexicalIndex, weight: float) -> Wing:
    return Wing(Searcher(index), weight)


def _store_wing(settings: Settings, store: LawStore) -> tuple[Wing | None, tuple[str, ...]]:
    """The search of the full law, or a note that says why there is none."""
    if not settings.index_path.exists():
        return None, (NO_INDEX,)
    index = LexicalIndex.open(settings.index_path)
    if not fits(index, store):
        return None, (ALIEN_INDEX,)
    notes = () if index.vectors is None or index.traits is not None else (PLAIN_INDEX,)
    try:
        return _wing(index, 1.0), notes
    except IndexMismatch:
        # After an upgrade of the program: triage goes on, and the note says what to do.
        return None, (OLD_INDEX,)


def fits(index: LexicalIndex, store: LawStore) -> bool:
    """Whether an index was built from what the store holds now; `zhili index build` notes its hash."""
    source = str(index.manifest.details.get("source", "")) if index.manifest else ""
    return source.endswith(store.status().content_hash)
