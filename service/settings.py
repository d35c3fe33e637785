"""Every setting, in one frozen dataclass read from the environment; `docs/settings.md` is its page.

Nothing is created here: a folder appears only when something is written into it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from service.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a running program may be told from outside. The defaults suit one operator's laptop."""

    home: Path = Path("~/.zhili")
    """`ZHILI_HOME`: every file that the program writes lies below this folder."""
    host: str = "127.0.0.1"
    """`ZHILI_HOST`: address that `zhili serve` binds; the default is reachable from this machine only."""
    port: int = 7860
    """`ZHILI_PORT`."""
    router: Path | None = None
    """`ZHILI_ROUTER`: another router artefact directory; `None`: the one in the package."""
    place_rules: Path | None = None
    """`ZHILI_PLACE_RULES`: a city's table of routing by place and time (TOML); `None`: no such rules."""
    region: str = ""
    """`ZHILI_REGION`: province or city whose local law applies where a complaint names none."""
    concurrency: int = 2
    """`ZHILI_CONCURRENCY`: requests of the page that are worked on at the same time."""
    queue: int = 64
    """`ZHILI_QUEUE`: requests of the page that may wait; one more is told to come back later."""
    max_characters: int = 20_000
    """`ZHILI_MAX_CHARACTERS`: longest text of one complaint or question."""
    chunk: int = 64
    """`ZHILI_CHUNK`: rows of a batch between two saves; a killed batch loses at most these."""
    llm_url: str = ""
    """`ZHILI_LLM_URL`: address of a server with the OpenAI-compatible chat protocol; empty: no model."""
    llm_model: str = ""
    """`ZHILI_LLM_MODEL`: name of the model there; needed where the address is set."""
    llm_key: str = field(default="", repr=False)
    """`ZHILI_LLM_KEY`: sent as a bearer token; never shown or logged."""
    llm_timeout: int = 20
    """`ZHILI_LLM_TIMEOUT`: seconds for one whole answer of the model."""
    vault_key_file: Path | None = None
    """`ZHILI_VAULT_KEY_FILE`: key file of the vault (0600, outside `home`); `None`: no vault."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; a variable that is unset or empty keeps its default.

        Raises `SettingsError` naming the variable, what it should be and what it is.
        """
        found = os.environ if environment is None else environment
        default = cls()
        return cls(
            home=_path(found, "ZHILI_HOME") or default.home.expanduser(),
            host=_text(found, "ZHILI_HOST") or default.host,
            port=_number(found, "ZHILI_PORT", default.port, 0, 65_535),
            router=_path(found, "ZHILI_ROUTER"),
            place_rules=_path(found, "ZHILI_PLACE_RULES"),
            region=_text(found, "ZHILI_REGION"),
            concurrency=_number(found, "ZHILI_CONCURRENCY", default.concurrency, 1, 256),
            queue=_number(found, "ZHILI_QUEUE", default.queue, 1, 100_000),
            max_characters=_number(found, "ZHILI_MAX_CHARACTERS", default.max_characters, 1, 1_000_000),
            chunk=_number(found, "ZHILI_CHUNK", default.chunk, 1, 100_000),
            vault_key_file=_path(found, "ZHILI_VAULT_KEY_FILE"),
            llm_url=_address(found, "ZHILI_LLM_URL"),
            llm_model=_needed(found, "ZHILI_LLM_MODEL", "ZHILI_LLM_URL"),
            llm_key=_token(found, "ZHILI_LLM_KEY"),
            llm_timeout=_number(found, "ZHILI_LLM_TIMEOUT", default.llm_timeout, 1, 600),
        )

    @property
    def corpus_path(self) -> Path:
        """The SQLite store of the full law (written by `zhili corpus ingest`)."""
        return self.home / "corpus.sqlite3"

    @property
    def index_path(self) -> Path:
        """The search index over that store (written by `zhili index build`)."""
        return self.home / "index"

    @property
    def max_body_bytes(self) -> int:
        """Largest HTTP body: four bytes a character, twice for JSON escapes, room for the other fields."""
        return self.max_characters * 8 + 16_384


def _text(found: Mapping[str, str], name: str) -> str:
    return found.get(name, "").strip()


def _path(found: Mapping[str, str], name: str) -> Path | None:
    text = _text(found, name)
    if not text:
        return None
    try:
        return Path(text).expanduser().absolute()
    except (RuntimeError, ValueError) as error:
        raise SettingsError(
            f"环境变量 {name} 不是可用的路径", expected="文件夹路径", found=text, remedy=f"改正或取消 {name}"
        ) from error


def _address(found: Mapping[str, str], name: str) -> str:
    text = _text(found, name)
    try:
        parts = urlsplit(text)
        usable = not text or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        usable = False
    if not usable or (text and ("@" in text or not text.isprintable() or " " in text)):
        # Not repeated: an address may hold a password.
        raise SettingsError(
            f"环境变量 {name} 不是可用的地址",
            expected="http:// 或 https:// 开头、不含用户名和密码的地址，如 http://127.0.0.1:8000/v1",
            remedy=f"改正或取消 {name}",
        )
    return text


def _needed(found: Mapping[str, str], name: str, beside: str) -> str:
    """A text that must be there where another variable is set."""
    text = _text(found, name)
    if _text(found, beside) and not text:
        raise SettingsError(
            f"设了 {beside} 但没有设 {name}", expected="模型的名称", found="空", remedy=f"设置 {name}"
        )
    return text


def _token(found: Mapping[str, str], name: str) -> str:
    text = _text(found, name)
    if not text.isascii() or not (text or "x").isprintable() or " " in text:
        # Not repeated: it is a secret.
        raise SettingsError(
            f"环境变量 {name} 不能用作请求头", expected="可打印的 ASCII 字符", remedy=f"改正或取消 {name}"
        )
    return text


def _number(found: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = _text(found, name)
    if not text:
        return default
    # isascii: int() would also read full-width and Arabic-Indic digits.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if number is None or not low <= number <= high:
        raise SettingsError(
            f"环境变量 {name} 无效",
            expected=f"{low} 到 {high} 的整数",
            found=text,
            remedy=f"改正或取消 {name}",
        )
    return number
