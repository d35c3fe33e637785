"""Opens the rooms below and joins them into an `Assistant`: router, desk, law, search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.classifier.router import Router
from triage.desk import TriageDesk

from legal_corpus.digest import Digest, load_digest
from legal_corpus.library import Library
from legal_corpus.source import LawSource
from legal_corpus.store import LawStore
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.sources import from_article
from service.assistant import Assistant
from service.references import References
from service.seams import Department
from service.settings import Settings
from triage.catalogue.book import Catalogue, load_catalogue
from triage.taxonomy.tree import Taxonomy, load_taxonomy
from triage.values import LegalBasis

NO_INDEX = "全文库还没有检索索引，暂按内置摘要检索；运行 zhili index build 后按全文检索。"
ALIEN_INDEX = "检索索引不是由现有全文库建立的，暂按内置摘要检索；请重新运行 zhili index build。"


@dataclass(frozen=True)
class Directory:
    """Catalogue and taxonomy seen together."""

    catalogue: Catalogue
    taxonomy: Taxonomy

    def department(self, id: str) -> Department:
        """The entry of a department; raises `CatalogueError` where there is none."""
        return self.catalogue.department(id)

    def matter_basis(self, level1: str, level2: str) -> tuple[LegalBasis, ...]:
        """What governs a matter."""
        return self.taxonomy.matter(level1, level2).basis


def open_assistant(settings: Settings) -> Assistant:
    """Everything loaded and joined; raises `ZhiliError` with its remedy where a part cannot be used."""
    catalogue = load_catalogue()
    router = Router.load(settings.router)
    references, notes = open_references(settings)
    return Assistant(
        desk=TriageDesk(router, catalogue),
        references=references,
        directory=Directory(catalogue, load_taxonomy()),
        model=router.name,
        region=settings.region,
        notes=notes,
    )


def open_references(settings: Settings) -> tuple[References, tuple[str, ...]]:
    """The law without the router, and what the reader of every answer must know about it."""
    digest = load_digest()
    sources: list[LawSource] = [digest]
    if settings.corpus_path.exists():
        sources.insert(0, LawStore.open(settings.corpus_path))
    library = Library(sources)
    index, notes = _index(settings, library, digest, has_store=len(sources) > 1)
    return References(library, digest, Searcher(index)), notes


def _index(
    settings: Settings, library: Library, digest: Digest, *, has_store: bool
) -> tuple[LexicalIndex, tuple[str, ...]]:
    """The index over the full law where there is one, else one over the digest, made in memory."""
    notes: tuple[str, ...] = ()
    if has_store and settings.index_path.exists():
        index = LexicalIndex.open(settings.index_path)
        if fits(index, library):
            return index, ()
        notes = (ALIEN_INDEX,)
    elif has_store:
        notes = (NO_INDEX,)
    return LexicalIndex.in_memory(from_article(article) for article in digest.articles()), notes


def fits(index: LexicalIndex, library: Library) -> bool:
    """Whether an index speaks of the articles of this library: looked up at its start, middle and end."""
    size = len(index.documents)
    probes: Sequence[int] = sorted({0, size // 2, size - 1}) if size else ()
    return bool(probes) and all(library.article(index.documents[at].id) is not None for at in probes)
