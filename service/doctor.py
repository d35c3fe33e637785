"""`zhili doctor`: what is installed, loaded and missing, and how to mend it. Looks only; writes nothing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from foundation.errors import ZhiliError
from service.settings import Settings

LIBRARIES = (
    "gradio",
    "fastapi",
    "uvicorn",
    "typer",
    "numpy",
    "scipy",
    "scikit-learn",
    "bm25s",
    "sqlalchemy",
    "openpyxl",
    "torch",
    "transformers",
)


class Level(StrEnum):
    """How grave a finding is."""

    OK = "ok"
    WARN = "warn"
    """Works, but with less than it could have."""
    FAIL = "fail"
    """Does not work until mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    level: Level
    found: str
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at every part; a part that raises a `ZhiliError` becomes a failed finding with its remedy."""
    parts: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
        ("运行环境", _environment),
        ("数据目录", _home),
        ("路由模型", _router),
        ("部门与事项目录", _catalogue),
        ("内置摘要", _digest),
        ("全文库", _corpus),
        ("检索索引", _index),
    )
    return [finding for name, look in parts for finding in _guarded(name, look, settings)]


def _guarded(
    name: str, look: Callable[[Settings], Iterator[Finding]], settings: Settings
) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except ZhiliError as error:
        found = "；".join(part for part in (error.message, error.found) if part)
        yield Finding(name, Level.FAIL, found, error.remedy)


def _environment(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", Level.OK, f"{platform.python_version()}（{sys.platform}）")
    versions, missing = [], []
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    yield Finding("依赖库", Level.OK, "、".join(versions))
    if missing:
        yield Finding("缺少依赖库", Level.FAIL, "、".join(missing), "重新运行 make run，或用 pip 安装本项目")


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield Finding(
            "数据目录",
            Level.WARN,
            f"{home} 不可写；研判可用，不能导入全文库",
            "改权限，或用 ZHILI_HOME 换一个位置",
        )
    else:
        yield Finding("数据目录", Level.OK, f"{home}" + ("" if home.exists() else "（尚未创建，写入时创建）"))


def _router(settings: Settings) -> Iterator[Finding]:
    from triage.classifier.router import Router

    # Loading compares every file with its hash and every label with the catalogue.
    router = Router.load(settings.router)
    place = settings.router or "随程序附带"
    yield Finding("路由模型", Level.OK, f"{router.name}，文件哈希与标签一致（{place}）")


def _catalogue(settings: Settings) -> Iterator[Finding]:
    from triage.catalogue.book import load_catalogue
    from triage.taxonomy.tree import check_departments, load_taxonomy

    catalogue, taxonomy = load_catalogue(), load_taxonomy()
    check_departments(taxonomy, catalogue)
    counts = f"{len(catalogue.departments)} 个部门，{len(taxonomy.matters)} 类事项"
    yield Finding("部门与事项目录", Level.OK, counts)


def _digest(settings: Settings) -> Iterator[Finding]:
    from legal_corpus.digest import load_digest

    digest = load_digest()
    yield Finding(
        "内置摘要", Level.OK, f"{len(digest.laws)} 部法律，{len(digest.entries)} 条（摘要，不是原文）"
    )


def _corpus(settings: Settings) -> Iterator[Finding]:
    from legal_corpus.store import LawStore

    if not settings.corpus_path.exists():
        remedy = "需要原文时：zhili corpus fetch 或 zhili corpus ingest 资料路径，再 zhili index build"
        yield Finding("全文库", Level.WARN, "没有；引用显示摘要，不显示法律原文", remedy)
        return
    with LawStore.open(settings.corpus_path) as store:
        status = store.status()
    counts = f"{status.laws} 部法律，{status.articles} 条，其中现行有效 {status.in_force_articles} 条"
    yield Finding("全文库", Level.OK, f"{counts}（{settings.corpus_path}）")


def _index(settings: Settings) -> Iterator[Finding]:
    from legal_corpus.store import LawStore
    from retrieval.index import LexicalIndex, verify_index
    from retrieval.searcher import Searcher
    from service.rooms import ALIEN_INDEX, NO_INDEX, fits

    if not settings.corpus_path.exists():
        yield Finding("检索索引", Level.OK, "不需要：内置摘要在内存中检索")
        return
    if not settings.index_path.exists():
        yield Finding("检索索引", Level.WARN, *NO_INDEX.split("；"))
        return
    verify_index(settings.index_path)
    index = LexicalIndex.open(settings.index_path)
    with LawStore.open(settings.corpus_path) as store:
        if not fits(index, store):
            yield Finding("检索索引", Level.FAIL, *ALIEN_INDEX.split("；"))
            return
    # Also compares its vectors with the encoder of this version.
    Searcher(index)
    yield Finding("检索索引", Level.OK, f"{len(index.documents)} 条，哈希一致，与全文库相符")
