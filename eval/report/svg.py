"""The plots as static SVG of our own: no library, no script, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from eval.report.curves import Bin, PromiseRow, RiskPoint
from eval.report.learning import CurvePoint
from eval.report.predictions import printable
from eval.result import Score

STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
TICKS = 6


def esc(text: object) -> str:
    """Any value as text of the page: never markup."""
    return escape(printable(str(text)))


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot area: shares on both axes, in pixels on the page."""

    width: int
    height: int
    x: tuple[float, float]
    y: tuple[float, float]
    left: int = 58
    bottom: int = 44
    top: int = 12
    right: int = 16

    def px(self, x: float) -> float:
        """Pixel of a value on the horizontal axis."""
        low, high = self.x
        return round(self.left + (x - low) / (high - low) * (self.width - self.left - self.right), 1)

    def py(self, y: float) -> float:
        """Pixel of a value on the vertical axis."""
        low, high = self.y
        return round(self.height - self.bottom - (y - low) / (high - low) * self._tall, 1)

    @property
    def _tall(self) -> int:
        return self.height - self.bottom - self.top

    def axes(self, across: str, up: str) -> str:
        """Grid, numbers and names of both axes."""
        base, end = self.height - self.bottom, self.width - self.right
        parts = []
        for x in ticks(*self.x):
            at = self.px(x)
            parts.append(f'<line class="grid" x1="{at}" x2="{at}" y1="{self.top}" y2="{base}"/>')
            parts.append(f'<text x="{at}" y="{base + 16}" text-anchor="middle">{percent(x)}</text>')
        for y in ticks(*self.y):
            at = self.py(y)
            parts.append(f'<line class="grid" x1="{self.left}" x2="{end}" y1="{at}" y2="{at}"/>')
            parts.append(f'<text x="{self.left - 6}" y="{at + 4}" text-anchor="end">{percent(y)}</text>')
        middle = (self.left + end) / 2
        parts.append(
            f'<text class="axis" x="{middle}" y="{base + 36}" text-anchor="middle">{esc(across)}</text>'
        )
        place = (self.top + base) / 2
        parts.append(
            f'<text class="axis" x="12" y="{place}" text-anchor="middle" '
            f'transform="rotate(-90 12 {place})">{esc(up)}</text>'
        )
        return "".join(parts)

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> str:
        """A line through the points."""
        where = " ".join(f"{self.px(x)},{self.py(y)}" for x, y in points)
        return f'<polyline class="{kind}" points="{where}"/>'

    def inside(self, body: str) -> str:
        """What is cut off at the edges of the plot area."""
        wide, high = self.width - self.left - self.right, self._tall
        view = f"{self.left} {self.top} {wide} {high}"
        place = f'x="{self.left}" y="{self.top}" width="{wide}" height="{high}"'
        return f'<svg {place} viewBox="{view}" overflow="hidden">{body}</svg>'

    def drawing(self, title: str, body: str) -> str:
        """The finished plot; `title` tells what it shows to those who cannot see it."""
        return drawing(self.width, self.height, title, body)


def drawing(width: float, height: float, title: str, body: str) -> str:
    """One SVG with a name."""
    return (
        f'<svg class="plot" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'aria-label="{esc(title)}">{body}</svg>'
    )


def ticks(low: float, high: float) -> list[float]:
    """At most `TICKS` round values between two shares."""
    step = next((one for one in STEPS if (high - low) / one < TICKS), STEPS[-1])
    first = int(low / step + 0.999999)
    return [round(n * step, 6) for n in range(first, int(high / step + 1e-9) + 1)]


def percent(share: float, digits: int | None = None) -> str:
    """A share for people: 12 %, 0.5 %."""
    value = share * 100
    whole = digits == 0 or (digits is None and abs(value - round(value)) < 1e-6)
    return f"{value:.0f}%" if whole else f"{value:.{digits or 1}f}%"


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Observed against claimed: every point should lie on the diagonal."""
    lowest = min([one.low for one in bins] + [one.confidence for one in bins])
    start = floor_of(lowest)
    frame = Frame(400, 380, (start, 1.0), (start, 1.0))
    parts = [frame.axes("模型自报的把握", "实际正确率"), frame.line([(start, start), (1.0, 1.0)], "ideal")]
    marks = []
    for one in bins:
        x, low, high = frame.px(one.confidence), frame.py(one.low), frame.py(one.high)
        said = f"{one.n} 件：自报 {percent(one.confidence, 1)}，实际 {percent(one.accuracy, 1)}"
        marks.append(
            f"<g><title>{said}（95% 区间 {percent(one.low, 1)}–{percent(one.high, 1)}）</title>"
            f'<line class="whisker" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/>'
            f'<circle class="dot" cx="{x}" cy="{frame.py(one.accuracy)}" r="4"/></g>'
        )
    return frame.drawing("可靠性图：各档把握下的实际正确率", "".join(parts + marks))


def risk_plot(points: Sequence[RiskPoint], marked: PromiseRow | None, alpha: float) -> str:
    """Error and its upper bound against the share that is dispatched without a person."""
    most = min(1.0, max(2.2 * alpha, 1.15 * max(one.bound for one in points[len(points) // 2 :]), 0.02))
    frame = Frame(560, 380, (0.0, 1.0), (0.0, most), top=34)
    parts = [
        frame.line([(0, alpha), (1, alpha)], "limit"),
        frame.line([(one.coverage, one.bound) for one in points], "bound"),
        frame.line([(one.coverage, one.error) for one in points], "curve"),
    ]
    if marked is not None and marked.threshold is not None and marked.n:
        parts.append(_mark(frame, marked, most))
    key = _key(
        frame, (("curve", "实际错误率"), ("bound", "95% 置信上界"), ("limit", f"允许 {percent(alpha)}"))
    )
    body = frame.axes("自动派单的占比", "自动派单中的错误率") + frame.inside("".join(parts)) + key
    return frame.drawing("风险—覆盖曲线：自动派单越多，错误率越高", body)


def _mark(frame: Frame, marked: PromiseRow, most: float) -> str:
    """The threshold: a line and what it means, on the side with room."""
    x = frame.px(marked.share)
    left = marked.share > 0.55
    side, at = ("end", x - 6) if left else ("start", x + 6)
    said = f"阈值 {marked.threshold:.2f}：自动派 {percent(marked.share, 1)}"
    top = frame.py(most * 0.97)
    return (
        f'<line class="threshold" x1="{x}" x2="{x}" y1="{frame.py(0)}" y2="{frame.py(most)}"/>'
        f'<text class="said" x="{at}" y="{top + 12}" text-anchor="{side}">{esc(said)}</text>'
        f'<text class="said" x="{at}" y="{top + 28}" text-anchor="{side}">'
        f"{marked.n} 件中错 {marked.wrong} 件</text>"
    )


def _key(frame: Frame, entries: Sequence[tuple[str, str]]) -> str:
    """A legend above the plot."""
    parts, x = [], frame.left
    for kind, name in entries:
        parts.append(f'<polyline class="{kind}" points="{x},16 {x + 28},16"/>')
        parts.append(f'<text x="{x + 34}" y="20">{esc(name)}</text>')
        x += 34 + 13 * len(name) + 22
    return "".join(parts)


def range_mark(value: float, low: float, high: float, start: float) -> str:
    """A dot with its interval on a small axis from `start` to 1."""
    wide, span = 180.0, 1.0 - start

    def at(share: float) -> float:
        return round(4 + (max(share, start) - start) / span * (wide - 8), 1)

    return (
        f'<svg class="range" width="180" height="14" viewBox="0 0 180 14" aria-hidden="true">'
        f'<line class="grid" x1="4" x2="{wide - 4}" y1="7" y2="7"/>'
        f'<line class="whisker" x1="{at(low)}" x2="{at(high)}" y1="7" y2="7"/>'
        f'<circle class="dot" cx="{at(value)}" cy="7" r="3.5"/></svg>'
    )


def learning_plot(points: Sequence[CurvePoint]) -> str:
    """Macro-F1 of one head against the labelled messages it was trained on."""
    ends = [_ends(one.macro_f1) for one in points]
    start = floor_of(min(low for low, _ in ends))
    frame = Frame(460, 300, (0.0, 1.05), (start, 1.0))
    parts = [frame.axes("训练数据的占比", "宏平均 F1")]
    parts.append(frame.line([(one.share, one.macro_f1.value) for one in points], "curve"))
    for one, (low, high) in zip(points, ends, strict=True):
        x, value = frame.px(one.share), one.macro_f1.value
        parts.append(
            f"<g><title>{one.trained_on} 件：{value:.3f}</title>"
            f'<line class="whisker" x1="{x}" x2="{x}" y1="{frame.py(low)}" y2="{frame.py(high)}"/>'
            f'<circle class="dot" cx="{x}" cy="{frame.py(value)}" r="4"/></g>'
        )
    return frame.drawing("学习曲线：训练数据越多，宏平均 F1 如何变化", "".join(parts))


def floor_of(lowest: float) -> float:
    """Where an axis begins that ends at 1: a tenth at or below the lowest value, never 1 itself."""
    return min(0.9, max(0.0, int(lowest * 10) / 10))


def _ends(score: Score) -> tuple[float, float]:
    """The interval of a score, or its value twice where none was computed."""
    return (
        score.value if score.low is None else score.low,
        score.value if score.high is None else score.high,
    )
