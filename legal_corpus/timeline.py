"""What became of an article between the day of an event and today.

Was it reworded or renumbered, was its law repealed, by what, and which article corresponds today? Cross-title
successions are followed to the end (信访条例 → 信访工作条例; 环境噪声污染防治法 → 噪声污染防治法 →
生态环境法典). The same words are certain; likeness alone is shown as 推断; nothing alike is shown as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from legal_corpus.changes import overtaken
from legal_corpus.compare import ALIKE, Pair, Wording, key_of, likeness
from legal_corpus.values import NATIONWIDE, Article, LawVersion, Status, TextKind


class ChangeKind(StrEnum):
    """What happened to an article."""

    UNCHANGED = "unchanged"
    """Its law was amended, its own words were not."""
    RENUMBERED = "renumbered"
    REWORDED = "reworded"
    NOT_FOUND = "not_found"
    """Nothing in the newer text is alike: dropped, or rewritten beyond recognition."""
    REPLACED = "replaced"
    """Its law was ended by another one that takes its place."""
    REPEALED = "repealed"
    """Its law was ended; no successor is known."""
    TEXT_MISSING = "text_missing"
    """A newer text is law and no source holds it."""


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One change after the event, for the reader."""

    kind: ChangeKind
    day: date | None
    """First day of the new state; `None`: not known."""
    by: str
    """The text that brought it: `《治安管理处罚法》（2025-06-27）`; empty: not known."""
    text: str
    """One sentence in Chinese."""
    article: Article | None = None
    """What corresponds from that day on."""
    inferred: bool = False
    """Found by likeness of words (推断), not by identity."""


@dataclass(frozen=True, slots=True)
class Successor:
    """What took the place of a law."""

    title: str
    since: date | None
    part: str = ""
    law: LawVersion | None = None
    """Its version of that time, where a source holds it."""


class History(Protocol):
    """The law through time: what `Library` offers."""

    def history(self, law: LawVersion) -> tuple[LawVersion, ...]:
        """All versions of that law in its region, newest first."""

    def wording(self, law: LawVersion) -> tuple[tuple[Article, ...], Wording]:
        """The articles of a version, and the index over their words."""

    def successor(self, law: LawVersion) -> Successor | None:
        """What took the place of a repealed law."""


_MOST_STEPS = 12


def changes_since(shelf: History, article: Article, event_day: date, today: date) -> tuple[ChangeNote, ...]:
    """The changes of `article` after `event_day` up to `today`, oldest first; empty: it stands as it did."""
    notes: list[ChangeNote] = []
    law, current = article.law, article
    lost = False
    for _ in range(_MOST_STEPS):
        later = _next_version(shelf.history(law), law, today)
        step = _to_version(shelf, law, later, current) if later else _end(shelf, law, current, today)
        if step is None:
            break
        note, new_law = step
        if lost and note.article is not None:
            # Once an article has no counterpart a later likeness proves nothing.
            note = replace(note, article=None, inferred=False, text=note.text.split("；")[0])
        notes.append(note)
        if new_law is None:
            break
        lost = lost or note.article is None
        law, current = new_law, note.article or current
    return tuple(note for note in notes if note.day is None or note.day > event_day)


def starts(law: LawVersion) -> date | None:
    """The first day of a version; where it is not stated, the day of the version."""
    return law.valid_from or law.version_date


def named(law: LawVersion) -> str:
    """A version as it is named to readers."""
    return f"《{law.title}》（{law.version_date or '日期不明'}）"


def _next_version(history: Sequence[LawVersion], law: LawVersion, today: date) -> LawVersion | None:
    """The version that followed, if it was law by `today`."""
    newer = [
        version
        for version in history
        if version.version_date is not None
        and version.version_date > (law.version_date or date.min)
        and version.status not in (Status.UNKNOWN, Status.NOT_YET)
        and (starts(version) or date.max) <= today
    ]
    return min(newer, key=lambda version: version.version_date or date.max, default=None)


def _to_version(
    shelf: History, law: LawVersion, later: LawVersion, article: Article
) -> tuple[ChangeNote, LawVersion | None]:
    day = starts(later)
    opening = f"《{law.title}》{later.version_date} 有了新文本，自 {day} 起施行"
    articles, wording = shelf.wording(later)
    pair = _counterpart(article, articles, wording)
    if pair is None:
        text = f"{opening}；没有找到与{article.label}相应的条文"
        return ChangeNote(ChangeKind.NOT_FOUND, day, named(later), text), later
    kind, text, inferred = _judge(pair)
    return ChangeNote(kind, day, named(later), f"{opening}；{text}", pair.new, inferred), later


def _judge(pair: Pair) -> tuple[ChangeKind, str, bool]:
    old, new = pair.old.label, pair.new.label
    if pair.old.text_kind is not pair.new.text_kind:
        return ChangeKind.REWORDED, f"{old}的新文本库中只有摘要，改动请核对原文", True
    if pair.same_text and pair.same_label:
        return ChangeKind.UNCHANGED, f"{old}文字未变", False
    if pair.same_text:
        return ChangeKind.RENUMBERED, f"{old}文字未变，现为{new}", False
    if pair.same_label:
        return ChangeKind.REWORDED, f"{old}文字有改动", False
    return ChangeKind.REWORDED, f"推断{old}现为{new}，文字有改动", True


def _counterpart(article: Article, articles: Sequence[Article], wording: Wording) -> Pair | None:
    """The same words first, then the same number where the words are alike, then the nearest words."""
    same_number = next((one for one in articles if key_of(one) == key_of(article)), None)
    nearest = wording.nearest(article)
    if nearest is not None and nearest.same_text:
        return nearest
    if same_number is not None:
        if same_number.text_kind is not article.text_kind:
            return Pair(article, same_number, 0.0)
        score = likeness(article.text, same_number.text)
        if score >= ALIKE and (nearest is None or score >= nearest.likeness - 0.1):
            return Pair(article, same_number, round(score, 3))
    return nearest


def _end(
    shelf: History, law: LawVersion, article: Article, today: date
) -> tuple[ChangeNote, LawVersion | None] | None:
    """How the newest version of a law ended, if it did."""
    change = overtaken(law.title, law.version_date) if law.region == NATIONWIDE else None
    if change is not None and change.since <= today:
        text = f"《{law.title}》{change.reason}"
        return ChangeNote(ChangeKind.TEXT_MISSING, change.since, change.by, text), None
    if law.status is not Status.REPEALED or (law.valid_to is not None and law.valid_to > today):
        return None
    successor = shelf.successor(law)
    if successor is None:
        since = f"自 {law.valid_to} 起" if law.valid_to else "（日期不明）"
        text = f"《{law.title}》已{since}废止：{law.reason}；不知由何法取代"
        return ChangeNote(ChangeKind.REPEALED, law.valid_to, "", text), None
    return _to_successor(shelf, law, successor, article)


def _to_successor(
    shelf: History, law: LawVersion, successor: Successor, article: Article
) -> tuple[ChangeNote, LawVersion | None]:
    day = law.valid_to or successor.since
    part = f"（{successor.part}）" if successor.part else ""
    opening = f"《{law.title}》自 {day or '不明之日'} 起废止，由《{successor.title}》{part}取代"
    if successor.law is None:
        text = f"{opening}；库中没有新法原文"
        return ChangeNote(ChangeKind.REPLACED, day, f"《{successor.title}》", text), None
    by = named(successor.law)
    pair = None
    if article.text_kind is TextKind.OFFICIAL:
        pair = shelf.wording(successor.law)[1].nearest(article)
    if pair is None or pair.new.text_kind is not TextKind.OFFICIAL:
        text = f"{opening}；没有找到与{article.label}相应的条文，条号不能沿用"
        return ChangeNote(ChangeKind.REPLACED, day, by, text), successor.law
    sure = pair.same_text
    text = f"{opening}；{'文字未变' if sure else '推断'}{article.label}对应{pair.new.cited}"
    return ChangeNote(ChangeKind.REPLACED, day, by, text, pair.new, not sure), successor.law
