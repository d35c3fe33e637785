"""The index: an artefact directory that is built once and mapped in milliseconds.

```
index/
├─ bm25/                    postings, weights and vocabulary, as bm25s lays them out
├─ vectors.faiss            one vector a document (not in a purely lexical index); passages.npy: of which text
├─ traits.npy, names.npy    what each article is like, for the reranker
├─ documents.jsonl          the documents in the order of their ids; documents.offsets.npy: where each begins
├─ valid_from.npy … place.npy, places.json    what the filters need
└─ manifest.json            analyzer, scheme, counts, hash of the corpus; written last
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from foundation.artefact import MANIFEST, Manifest, read_manifest, verify_artefact, write_artefact
from foundation.canonical import file_hash
from foundation.errors import ArtefactError
from foundation.progress import Progress, silent
from retrieval.analyzer import ANALYZER
from retrieval.dense import Encoder
from retrieval.documents import FILE, DocumentFile, find, in_order, write_documents
from retrieval.errors import IndexMismatch, IndexMissing
from retrieval.filters import Facets
from retrieval.lexical import SCHEME, Lexical
from retrieval.traits import TRAITS, Traits
from retrieval.values import Document
from retrieval.vectors import Vectors

KIND = "lexical-index"
FORMAT = 1
_ARRAYS = ("valid_from", "valid_to", "in_force", "place")
_PLACES = "places.json"
_REBUILD = "用 zhili index build 重新建立索引"


@dataclass(frozen=True)
class LexicalIndex:
    """Documents, postings, facets and vectors that belong together; positions are the same in all."""

    documents: Sequence[Document]
    lexical: Lexical
    facets: Facets
    manifest: Manifest | None
    """`None` for an index in memory."""
    vectors: Vectors | None = None
    """`None` for a purely lexical index."""
    traits: Traits | None = None
    """`None` in memory, and in an index from before there were any: it is not reranked."""

    @classmethod
    def in_memory(cls, documents: Iterable[Document], encoder: Encoder | None = None) -> LexicalIndex:
        """Index a few documents (the digest) without writing anything; with an encoder also by meaning."""
        ordered = in_order(documents)
        vectors = None if encoder is None else Vectors.build(ordered, encoder)
        return cls(ordered, Lexical.build(ordered), Facets.of(ordered), None, vectors)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Map an index directory.

        Raises `IndexMissing` where there is none, `IndexMismatch` where it was made by another analyzer or
        format or is damaged. Hashes are compared by `verify`, not here.
        """
        if not (folder / MANIFEST).is_file():
            raise IndexMissing(
                f"没有找到检索索引 {folder}",
                expected=f"含 {MANIFEST} 的索引目录",
                found="目录不存在" if not folder.is_dir() else "目录中没有清单",
                remedy="先运行 zhili index build",
            )
        manifest = _manifest(folder)
        try:
            documents, lexical, facets = DocumentFile(folder), Lexical.open(folder), _load_facets(folder)
            vectors, traits = _open_vectors(folder, manifest), _open_traits(folder, manifest)
            whole = len(documents) == lexical.documents == len(facets.place)
            whole = whole and (vectors is None or len(vectors) == len(documents))
            whole = whole and (traits is None or len(traits.values) == len(traits.names) == len(documents))
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise _mismatch(folder, "完整的索引文件", type(error).__name__) from error
        if not whole:
            raise _mismatch(folder, "条数一致的索引文件", "各文件条数不同")
        return cls(documents, lexical, facets, manifest, vectors, traits)

    def document(self, id: str) -> Document | None:
        """The document of that id, or `None`."""
        return find(self.documents, id)

    @property
    def hash(self) -> str:
        """The artefact's identity; empty for an index in memory."""
        return self.manifest.hash if self.manifest else ""


def build_index(
    documents: Iterable[Document],
    folder: Path,
    *,
    source: str = "",
    encoder: Encoder | None = None,
    progress: Progress = silent,
) -> LexicalIndex:
    """Write an index directory atomically and open it; an older one stays until the new one is whole.

    With an encoder (`retrieval.dense`) the index also finds by meaning; without one by words alone. Texts
    that the older index holds vectors of, by the same encoder, are not encoded again.
    `source` is a name for people (the corpus file). Raises `BadCorpus` and `ArtefactError`.
    """
    progress(0, None, "读取语料")
    ordered = in_order(documents)
    known = None if encoder is None else _known_vectors(folder, encoder)

    def fill(draft: Path) -> dict[str, Any]:
        lexical = Lexical.build(ordered, progress)
        progress(len(ordered), len(ordered), "写入索引")
        lexical.save(draft)
        write_documents(ordered, draft)
        _save_facets(Facets.of(ordered), draft)
        if encoder is not None:
            Vectors.build(ordered, encoder, progress, known=known).save(draft)
            Traits.of(ordered).save(draft)
        return {
            "analyzer": ANALYZER,
            "scheme": SCHEME,
            "source": source,
            "documents": len(ordered),
            "laws": len({document.law for document in ordered}),
            "vocabulary": len(lexical.vocabulary),
            "postings": len(lexical.positions),
            "corpus_hash": file_hash(draft / FILE),
            "traits": None if encoder is None else TRAITS,
            "encoder": None
            if encoder is None
            else {"name": encoder.name, "hash": encoder.hash, "dimensions": encoder.dimensions},
        }

    write_artefact(folder, kind=KIND, format=FORMAT, libraries=("bm25s", "faiss-cpu", "numpy"), fill=fill)
    return LexicalIndex.open(folder)


def verify_index(folder: Path) -> Manifest:
    """Compare every file with its hash; raise `IndexMissing` or `IndexMismatch` on the first difference."""
    index = LexicalIndex.open(folder)
    assert index.manifest is not None
    try:
        verify_artefact(folder, index.manifest)
    except ArtefactError as error:
        raise _mismatch(folder, error.expected, error.found) from error
    return index.manifest


def _manifest(folder: Path) -> Manifest:
    try:
        manifest = read_manifest(folder, kind=KIND, format=FORMAT)
    except ArtefactError as error:
        raise IndexMismatch(
            error.message, expected=error.expected, found=error.found, remedy=_REBUILD
        ) from error
    found = (manifest.details.get("analyzer"), manifest.details.get("scheme"))
    if found != (ANALYZER, SCHEME):
        raise _mismatch(folder, f"分词与权重方案 {ANALYZER} {SCHEME}", f"{found[0]} {found[1]}")
    return manifest


def _open_vectors(folder: Path, manifest: Manifest) -> Vectors | None:
    """The vectors, where the manifest names an encoder; indexes from before there was one have none."""
    encoder = manifest.details.get("encoder")
    return None if encoder is None else Vectors.open(folder, encoder["name"], encoder["hash"])


def _open_traits(folder: Path, manifest: Manifest) -> Traits | None:
    return Traits.open(folder) if manifest.details.get("traits") == TRAITS else None


def _known_vectors(folder: Path, encoder: Encoder) -> Vectors | None:
    """The vectors of the index that is about to be replaced, where they can be used again."""
    try:
        vectors = LexicalIndex.open(folder).vectors
    except (IndexMissing, IndexMismatch):
        return None
    same = vectors is not None and (vectors.encoder, vectors.encoder_hash) == (encoder.name, encoder.hash)
    return vectors if same else None


def _mismatch(folder: Path, expected: str, found: str) -> IndexMismatch:
    return IndexMismatch(f"索引 {folder} 与本程序不符", expected=expected, found=found, remedy=_REBUILD)


def _save_facets(facets: Facets, folder: Path) -> None:
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(facets, name), allow_pickle=False)
    (folder / _PLACES).write_text(json.dumps(facets.places, ensure_ascii=False), "utf-8")


def _load_facets(folder: Path) -> Facets:
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS}
    places = json.loads((folder / _PLACES).read_text("utf-8"))
    return Facets(**arrays, places=tuple((region, law) for region, law in places))
