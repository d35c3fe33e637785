"""The heat map of confusions as static SVG; the count stands in every cell that is not empty."""

from __future__ import annotations

from collections.abc import Callable

from eval.report.svg import drawing, esc, percent
from eval.report.tallies import HeatMap

NAME = 8
"""Characters of a class name that fit beside the map; the whole name is in the tooltip."""
LEFT, TOP = 132, 108
OTHERS = "其他类"


def heat_plot(heat: HeatMap, name: Callable[[str], str]) -> str:
    """Rows are what is right, columns what was said; `name` tells what a label is called."""
    cell = 30 if len(heat.labels) <= 16 else 21
    rows = [name(label) for label in heat.labels]
    columns = [*rows, OTHERS] if any(counts[-1] for counts in heat.counts) else rows
    parts = [_column(LEFT + n * cell + cell / 2, column) for n, column in enumerate(columns)]
    for row, label in enumerate(rows):
        y, total = TOP + row * cell, sum(heat.counts[row])
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + cell / 2 + 4}" text-anchor="end">{_short(label)}'
            f"<title>{esc(label)}：{total} 件</title></text>"
            f'<line class="grid" x1="{LEFT}" x2="{LEFT + len(columns) * cell}" y1="{y}" y2="{y}"/>'
        )
        for column, count in enumerate(heat.counts[row]):
            if count:
                said = f"{label} → {columns[column]}：{count} 件，共 {total} 件"
                place = (LEFT + column * cell, y, cell)
                parts.append(_cell(place, count, count / total, column == row, said))
    width, height = LEFT + len(columns) * cell + 70, TOP + len(rows) * cell + 6
    return drawing(width, height, "混淆热图：行是应派类别，列是模型所派", "".join(parts))


def _column(x: float, label: str) -> str:
    y = TOP - 8
    return (
        f'<text x="{x}" y="{y}" transform="rotate(-55 {x} {y})">'
        f"{_short(label)}<title>{esc(label)}</title></text>"
    )


def _cell(place: tuple[float, float, float], count: int, share: float, right: bool, said: str) -> str:
    x, y, size = place
    shade = "hit" if right else "miss"
    opacity = "" if right else f' fill-opacity="{min(1.0, 0.12 + 2.2 * share):.2f}"'
    dark = " light" if not right and share > 0.3 else ""
    return (
        f"<g><title>{esc(said)}（{percent(share, 0)}）</title>"
        f'<rect class="{shade}" x="{x + 1}" y="{y + 1}" width="{size - 2}" height="{size - 2}"{opacity}/>'
        f'<text class="count{dark}" x="{x + size / 2}" y="{y + size / 2 + 4}">{count}</text></g>'
    )


def _short(text: str) -> str:
    return esc(text if len(text) <= NAME else text[: NAME - 1] + "…")
