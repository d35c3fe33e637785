"""Pieces of HTML that several answers share. Every value goes through `escape`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from legal_corpus.values import TextKind
from service.answers import Cited, Role
from service.words import ROLES, TEXT_KINDS


def article(*parts: str) -> str:
    """The frame of an answer."""
    return f'<article class="zl-answer" aria-label="结果">{"".join(parts)}</article>'


def section(title: str, body: str) -> str:
    """A headed part; nothing where there is no body. `title` is markup of ours."""
    return f"<section><h3>{title}</h3>{body}</section>" if body else ""


def fold(title: str, teaser: str, body: str, *, opened: bool = False) -> str:
    """A headed part that opens on a click, with a line that says what is in it."""
    if not body:
        return ""
    hint = f"<small>{escape(teaser)}</small>" if teaser else ""
    state = " open" if opened else ""
    return (
        f'<details class="zl-fold"{state}><summary><h3>{escape(title)}</h3>{hint}</summary>'
        f'<div class="zl-body">{body}</div></details>'
    )


def bullets(items: Iterable[str]) -> str:
    """A list of lines."""
    return markup_bullets(escape(item) for item in items)


def markup_bullets(items: Iterable[str], tag: str = "ul") -> str:
    """A list of pieces of markup that are escaped already."""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f"<{tag}>{rows}</{tag}>" if rows else ""


def basis(cited: Iterable[str]) -> str:
    """The articles of a line, in small print."""
    named = "、".join(cited)
    return f' <small class="zl-basis">{escape(named)}</small>' if named else ""


def law(cited: Cited) -> str:
    """An article that opens on a click."""
    plain = f"<p><b>大白话：</b>{escape(cited.plain)}</p>" if cited.plain else ""
    role = f"<small>{escape(ROLES[cited.role])}</small>" if cited.role is Role.BASIS else ""
    return (
        f'<details class="zl-law"><summary>{badge(cited.text_kind)}'
        f"<b>{escape(cited.cited)}</b>{version(cited)}{role}</summary>"
        f'<div class="zl-body"><p class="zl-quote">{escape(cited.text)}</p>'
        f"{plain}{note(cited)}</div></details>"
    )


def version(cited: Cited) -> str:
    """Of which day the text is."""
    return f"<small>{cited.version_date} 版本</small>" if cited.version_date else ""


def badge(kind: TextKind) -> str:
    """Whose words: 原文 or 摘要."""
    return f'<span class="zl-badge zl-{escape(kind)}">{escape(TEXT_KINDS[kind])}</span>'


def note(cited: Cited) -> str:
    """What the reader must know about this version."""
    return f'<p class="zl-dim">{escape(cited.note)}</p>' if cited.note else ""


def footer(notes: Iterable[str], model: str) -> str:
    """Notes and the router's name."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in notes)
    return f"<footer>{lines}<p>模型 {escape(model)}</p></footer>"
