"""Tables of the report. Words are escaped by the caller, column heads here."""

from __future__ import annotations

from collections.abc import Sequence

from eval.report.svg import esc


def key(text: str) -> str:
    """A cell that is sorted as a number; a missing figure comes last."""
    return f'<td class="n" data-key="{"-1" if text == "—" else text}">{text}</td>'


def header(names: Sequence[str]) -> str:
    """Column heads; `#` before a name: figures, to the right."""
    cells = (
        f'<th class="n" scope="col">{esc(name[1:])}</th>'
        if name.startswith("#")
        else f'<th scope="col">{esc(name)}</th>'
        for name in names
    )
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def cells(words: Sequence[str], figures: Sequence[str]) -> str:
    """Cells with words, then cells with figures."""
    return "".join(f"<td>{word}</td>" for word in words) + "".join(
        f'<td class="n">{figure}</td>' for figure in figures
    )


def row(words: Sequence[str], figures: Sequence[str]) -> str:
    """One row: words, then figures."""
    return f"<tr>{cells(words, figures)}</tr>"


def table(head: str, rows: Sequence[str], kind: str = "") -> str:
    """A table; rows are finished."""
    return f'<table class="{kind}">{head}<tbody>{"".join(rows)}</tbody></table>'


def folded(head: str, rows: Sequence[str]) -> str:
    """What follows the first rows, folded; nothing where there is none."""
    if not rows:
        return ""
    return f"<details><summary>其余 {len(rows)} 种</summary>{table(head, rows)}</details>"
