"""Fetching an archive of law over HTTP: resumable, checked, retried.

What has come stands in `NAME.part` beside the target until it is whole; a second call goes on where the first
stopped (HTTP Range with If-Range). A server that cannot resume is read from the start again.
"""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx

from foundation.progress import Progress, silent
from legal_corpus.errors import SourceError

DEFAULT_URL = "https://github.com/LawRefBook/Laws/archive/refs/heads/master.zip"
"""The public Markdown collection as one archive."""
_ATTEMPTS = 5


class _Broken(Exception):
    """The transfer stopped early; another attempt may go on."""


def fetch(
    url: str,
    target: Path,
    *,
    progress: Progress = silent,
    attempts: int = _ATTEMPTS,
    wait: Callable[[float], None] = time.sleep,
) -> Path:
    """Download `url` to `target` and return it; `SourceError` after `attempts` failures or a refusal.

    Between attempts `wait` is called with 1, 2, 4 … seconds. A target is replaced only by a whole file.
    """
    if not re.match(r"https?://", url):
        raise SourceError(
            f"网址 {url} 不能用", expected="http:// 或 https:// 开头", found=url[:60], remedy="检查网址"
        )
    part = target.with_name(target.name + ".part")
    problem = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(attempts):
            if attempt:
                wait(float(2 ** (attempt - 1)))
            try:
                _attempt(url, part, progress)
            except (_Broken, httpx.TransportError) as error:
                problem = str(error) or type(error).__name__
                continue
            _check_archive(part)
            part.replace(target)
            _tag_file(part).unlink(missing_ok=True)
            return target
    except OSError as error:
        raise SourceError(
            f"无法写入 {target}",
            found=error.strerror or str(error),
            remedy="检查权限与磁盘空间，再运行即可续传",
        ) from error
    raise SourceError(
        f"下载 {url} 没有完成",
        expected="完整的文件",
        found=f"试了 {attempts} 次：{problem}",
        remedy="检查网络后再运行即可续传，或用浏览器下载后直接 zhili corpus ingest",
    )


def _attempt(url: str, part: Path, progress: Progress) -> None:
    """One request: append what is missing, or start over where the server cannot resume."""
    have = part.stat().st_size if part.exists() else 0
    with (
        httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30.0)) as client,
        client.stream("GET", url, headers=_range_headers(have, part)) as response,
    ):
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            _after_the_end(response, part, have)
            return
        _refuse(url, response.status_code)
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        done = have if resumed else 0
        total = _total(response, done)
        _tag_file(part).write_text(response.headers.get("etag") or "", "utf-8")
        with part.open("ab" if resumed else "wb") as out:
            # Without a block size: what has arrived is written at once and survives a break.
            for block in response.iter_raw():
                out.write(block)
                done += len(block)
                progress(done, total, "下载")
    if total is not None and done != total:
        raise _Broken(f"应有 {total} 字节，收到 {done} 字节")


def _range_headers(have: int, part: Path) -> dict[str, str]:
    # Identity: a length can only be checked on bytes as they are sent.
    headers = {"Accept-Encoding": "identity", "User-Agent": "zhili-corpus"}
    if have:
        headers["Range"] = f"bytes={have}-"
        tag = _tag_file(part).read_text("utf-8") if _tag_file(part).is_file() else ""
        if tag and not tag.startswith("W/"):
            headers["If-Range"] = tag
    return headers


def _after_the_end(response: httpx.Response, part: Path, have: int) -> None:
    """The server has nothing past what we hold: we are done, or hold a part of something else."""
    found = re.fullmatch(r"bytes \*/(\d+)", response.headers.get("content-range", ""))
    if found and int(found.group(1)) == have:
        return
    part.unlink()
    raise _Broken("已下载的部分与服务器上的文件不符，重新下载")


def _refuse(url: str, status: int) -> None:
    if status in (429, 500, 502, 503, 504):
        raise _Broken(f"服务器回答 {status}")
    if status not in (200, 206):
        raise SourceError(f"无法下载 {url}", expected="HTTP 200", found=f"HTTP {status}", remedy="检查网址")


def _total(response: httpx.Response, done: int) -> int | None:
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("content-range", ""))
        if not found or int(found.group(1)) != done:
            raise _Broken("服务器给的续传位置不对")
        return None if found.group(2) == "*" else int(found.group(2))
    length = response.headers.get("content-length")
    return int(length) if length and length.isdigit() else None


def _check_archive(part: Path) -> None:
    """GitHub states no length: a zip that was cut off shows in its missing directory."""
    name = part.name.removesuffix(".part").lower()
    if name.endswith(".zip") and not zipfile.is_zipfile(part):
        size = part.stat().st_size
        part.unlink()
        raise SourceError(
            "下载的文件不是完整的压缩包",
            expected="zip",
            found=f"{size} 字节的其他内容",
            remedy="检查网址后重新下载",
        )


def _tag_file(part: Path) -> Path:
    return part.with_name(part.name + ".etag")
