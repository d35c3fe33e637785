"""Reply drafts over real complaints: is anything shown as law that the store does not hold?

    zhili eval drafts --data teddy_c4_reply.jsonl --limit 300

Every draft is audited apart from the citation lock that let it through: citations are read again and looked
up in a library that remembers nothing, quotes are compared with the articles of the store, sentences that
speak of law must link to an article. Then quotes are tampered with and articles invented: the lock must see.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.errors import EvalError
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from foundation.tables import Row, read_table
from legal_corpus.citation import find_all
from legal_corpus.values import Resolved, TextKind
from service.answers import Answer
from service.assistant import Assistant
from service.guidance.lock import Lock
from service.guidance.values import LockedSentence, Origin, Sentence, Status
from triage.errors import BadComplaint
from triage.values import Complaint

SEED = 20261123
EDITS = 5
"""Edits of each quote."""
_QUOTED = re.compile("“([^“”]*)”")
_LAW = re.compile("法律|法规|条例|依法|违法|应当|不得|必须|责令|罚款|处罚|赔偿|有权|期限|规定")
_TITLES = ("民法典", "物业管理条例", "灯光噪声管理法")
_FOREIGN = "的不未可必须一二三五，。；,.;0５ \u200b\u3000"


@dataclass
class _Tally:
    """What was counted, complaint by complaint."""

    sound: list[float] = field(default_factory=list)
    linked: list[float] = field(default_factory=list)
    supported: list[float] = field(default_factory=list)
    caught: list[float] = field(default_factory=list)
    struck: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    claims: int = 0
    quotes: int = 0
    shown: int = 0
    faults: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


def measure_drafts(
    assistant: Assistant, data: Path, *, limit: int = 300, progress: Progress = silent
) -> Result:
    """Draft a reply to each of `limit` complaints (every k-th of the file) and audit it.

    Raises `DataMissing` where the file is missing, `EvalError` where it holds no complaint.
    """
    watch = Stopwatch()
    complaints = _complaints(data, limit)
    generator = random.Random(SEED)
    tally = _Tally()
    for number, complaint in enumerate(complaints, start=1):
        began = time.perf_counter()
        answer = assistant.handle(complaint)
        tally.milliseconds.append(1000 * (time.perf_counter() - began))
        _audit(answer, assistant.lock, tally)
        _attack(answer, assistant.lock, tally, generator)
        progress(number, len(complaints), "起草并核对")
    return Result(
        "drafts", _scores(tally), watch.record(data=[data], model_hash=assistant.model), _details(tally)
    )


def _complaints(data: Path, limit: int) -> list[Complaint]:
    rows = [row.values for row in read_table(data) if isinstance(row, Row) and row.values.get("text")]
    if not rows:
        raise EvalError(f"{data.name} 中没有诉求", expected="有 text 列的行", found="0 行")
    step = max(1, len(rows) // limit)
    found = [
        Complaint(text=str(row["text"]), title=str(row.get("title") or ""), id=str(row.get("uid", number)))
        for number, row in enumerate(rows[::step])
    ]
    return [one for one in found if _readable(one)][:limit]


def _readable(complaint: Complaint) -> bool:
    from triage.text import check_complaint, compose

    try:
        check_complaint(compose(complaint.title, complaint.text))
    except BadComplaint:
        return False
    return True


def _audit(answer: Answer, lock: Lock, tally: _Tally) -> None:
    guidance = answer.guidance
    assert guidance is not None
    faults = [
        fault
        for sentence in _copied(guidance.draft.sentences)
        for fault in _faults(sentence, answer, lock, tally)
    ]
    for cited in answer.citations:
        tally.shown += 1
        held = lock.law.article(cited.id)
        if held is None or held.text.encode() != cited.text.encode():
            faults.append("shown article differs from the store")
    tally.faults += faults
    tally.sound.append(float(not faults))
    # A remedy's article alone is no basis of the matter.
    governing = {point.article_id for point in guidance.says}
    tally.linked.append(float(any(link.article_id in governing for link in guidance.draft.basis)))
    sentences = guidance.draft.sentences
    tally.supported.append(sum(one.status is Status.SUPPORTED for one in sentences) / len(sentences))
    for one in sentences:
        tally.statuses[one.status.value] = tally.statuses.get(one.status.value, 0) + 1


def _copied(sentences: Sequence[LockedSentence]) -> Iterator[LockedSentence]:
    return (one for one in sentences if one.status is not Status.STRUCK)


def _faults(sentence: LockedSentence, answer: Answer, lock: Lock, tally: _Tally) -> Iterator[str]:
    """What a sentence shows as law and should not; the library is asked anew."""
    text = _without_the_citizen(sentence.text, answer.masked_text)
    outside = _QUOTED.sub("", text)
    found = find_all(outside)
    resolved = [lock.law.resolve(one.citation, answer.as_of, answer.region or "全国") for one in found]
    tally.claims += len(found)
    for one, answered in zip(found, resolved, strict=True):
        if not isinstance(answered, Resolved) or not answered.in_force:
            yield f"citation does not resolve: {one.text}"
    articles = [one.article for one in resolved if isinstance(one, Resolved)]
    for quote in _QUOTED.findall(text) if found else ():
        tally.quotes += 1
        official = [one.text for one in articles if one.text_kind is TextKind.OFFICIAL]
        if not any(quote in own for own in official):
            yield "quote differs from the store"
    if not found and _LAW.search(re.sub("〔[^〕]*〕", "", outside)):
        tally.claims += 1
        if sentence.status is Status.SUPPORTED:
            yield "speaks of law without an article"


def _without_the_citizen(text: str, masked: str) -> str:
    """The sentence without what the citizen said, whose words are no claim of ours."""
    for opening, closing in ("“”", "「」", "『』"):
        for start in (at for at, character in enumerate(text) if character == opening):
            end = text.rfind(closing)
            inner = text[start + 1 : end]
            if end > start and inner and inner in masked and text[:start].endswith("："):
                return text[:start] + text[end + 1 :]
    return text


def _attack(answer: Answer, lock: Lock, tally: _Tally, generator: random.Random) -> None:
    """Tamper with every quote, and let a model cite an article that does not exist."""
    assert answer.guidance is not None and answer.as_of is not None
    day, region = answer.as_of, answer.region
    for sentence in answer.guidance.draft.sentences:
        quotes = _QUOTED.findall(sentence.text) if sentence.basis else []
        for quote in quotes:
            for edited in _edits(quote, generator):
                text = sentence.text.replace(quote, edited, 1)
                report = lock.verify([Sentence(text, Origin.PROGRAM)], day, region=region)
                tally.caught.append(float(report.sentences[0].status is Status.STRUCK))
    law, number = generator.choice(_TITLES), generator.randint(2000, 8000)
    invented = f"依照《{law}》第{number}条办理。"
    report = lock.verify(invented, day, region=region, said=answer.masked_text)
    tally.struck.append(float(report.sentences[0].status is Status.STRUCK and not report.basis))


def _edits(quote: str, generator: random.Random) -> Iterator[str]:
    """One character changed or put in."""
    for _ in range(EDITS if quote else 0):
        at = generator.randrange(len(quote))
        new = generator.choice([one for one in _FOREIGN if one != quote[at]])
        yield quote[:at] + new + quote[at + generator.randrange(2) :]


def _scores(tally: _Tally) -> dict[str, Score]:
    count = len(tally.sound)
    scores = {
        "unsupported_claims_shown_as_law": Score(float(len(tally.faults)), None, None, tally.claims),
        "drafts_without_such_a_claim": mean_score(tally.sound),
        "drafts_with_a_linked_article": mean_score(tally.linked),
        "sentences_supported": mean_score(tally.supported),
        "invented_articles_struck": mean_score(tally.struck),
    }
    if tally.caught:
        scores["tampered_quotes_caught"] = mean_score(tally.caught)
    times = sorted(tally.milliseconds)
    scores["answer_ms_p50"] = Score(round(statistics.median(times), 1), None, None, count)
    scores["answer_ms_p95"] = Score(round(times[int(0.95 * (count - 1))], 1), None, None, count)
    return scores


def _details(tally: _Tally) -> dict[str, object]:
    kinds: dict[str, int] = {}
    for fault in tally.faults:
        kinds[fault.split(":")[0]] = kinds.get(fault.split(":")[0], 0) + 1
    # No event in n: the rate is below 3 / n with 95 % confidence.
    bound = round(3 / tally.claims, 5) if tally.claims and not tally.faults else None
    return {
        "complaints": len(tally.sound),
        "claims_of_law": tally.claims,
        "quotes_compared": tally.quotes,
        "articles_shown_and_compared": tally.shown,
        "sentences": tally.statuses,
        "edits_tried": len(tally.caught),
        "faults": kinds,
        # No event in n: the rate is below 3 / n with 95 % confidence.
        "upper_bound_of_unsupported_rate": bound,
    }
