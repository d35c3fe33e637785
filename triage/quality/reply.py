"""`judge_reply`: the quality of one reply, in five scores with their evidence.

```python
quality = judge_reply(complaint, reply, received=taken_in, replied=answered, due=last_day)
quality.completeness.parts     # 事实 1.0 (经查, 11月3日) · 措施 1.0 · 依据 0.0 · 联系 1.0
```

The scores say whether a part is there, not whether it is true or lawful. They are computed by words, and the
words are data (`cues.toml`); `zhili eval quality` says how far they agree with people.
"""

from __future__ import annotations

from datetime import date

from triage.errors import TriageError
from triage.privacy import mask
from triage.quality import cues
from triage.quality.relevance import score_relevance
from triage.quality.values import PartScore, ReplyQuality, Score

_NAMES = {"completeness": "完整性", "explainability": "可解释性", "courtesy": "礼貌"}


class BadReply(TriageError):
    """A reply that cannot be judged."""

    code = "bad_reply"


def judge_reply(
    complaint: str,
    reply: str,
    *,
    received: date | None = None,
    replied: date | None = None,
    due: date | None = None,
) -> ReplyQuality:
    """Judge a reply. Both texts are masked first; nothing of a person is in what comes back.

    `due`: the last day of the clock that runs (`triage.policy.clocks`); without it timeliness is days alone.
    Raises `BadReply` where a text is empty or the reply is older than the complaint.
    """
    complaint, reply = mask(complaint).text, mask(reply).text
    for what, text in (("诉求", complaint), ("答复", reply)):
        if not text.strip():
            raise BadReply(f"{what}是空的", expected="文本", remedy=f"给出{what}")
    forwarded = only_forwards(reply)
    relevance, demands = score_relevance(complaint, reply, forwarded)
    return ReplyQuality(
        relevance,
        _of_parts("completeness", reply, forwarded),
        _of_parts("explainability", reply, forwarded),
        _timeliness(received, replied, due),
        _courtesy(reply),
        demands,
        reply,
    )


def only_forwards(reply: str) -> bool:
    """Whether the reply passes the matter on and says nothing else of substance."""
    return bool(cues.spans(cues.words("forwarded"), reply)) and not cues.spans(
        cues.words("forwarded", "substance"), reply
    )


def _of_parts(name: str, reply: str, forwarded: bool) -> Score:
    parts = tuple(cue.score(reply) for cue in cues.parts(name))
    if name == "explainability":
        basis = next(cue for cue in cues.parts("completeness") if cue.name == "依据")
        parts = (*parts, basis.score(reply))
    missing = [part.name for part in parts if part.value == 0.0]
    reasons = [f"缺：{'、'.join(missing)}"] if missing else []
    if forwarded:
        parts = tuple(PartScore(part.name, 0.0) for part in parts)
        reasons = ["只转办，没有实质答复"]
    return Score(_NAMES[name], sum(part.value for part in parts) / len(parts), parts, tuple(reasons))


def _courtesy(reply: str) -> Score:
    """Greeting, thanks, what comes next; a rude word takes the score to nothing and is shown."""
    rude = cues.spans(cues.words("rude"), reply)
    parts = tuple(cue.score(reply) for cue in cues.parts("courtesy"))
    value = 0.0 if rude else sum(part.value for part in parts) / len(parts)
    if rude:
        parts = (*parts, PartScore("无失礼用语", 0.0, rude))
    return Score(_NAMES["courtesy"], value, parts, ("有失礼用语",) if rude else ())


def _timeliness(received: date | None, replied: date | None, due: date | None) -> Score:
    """1 up to the last day, then falling to 0 when it took twice as long as the clock allows."""
    if received is None or replied is None:
        return Score("及时性", None, (), ("没有收件或答复日期",))
    took = (replied - received).days
    if took < 0:
        raise BadReply("答复早于诉求", expected=f"{received} 或以后", found=str(replied), remedy="核对日期")
    if due is None:
        return Score("及时性", None, (), (f"用时 {took} 天；没有给出时限",))
    allowed = max(1, (due - received).days)
    late = (replied - due).days
    value = 1.0 if late <= 0 else max(0.0, 1.0 - late / allowed)
    said = f"用时 {took} 天，时限到 {due}，" + ("未超期" if late <= 0 else f"超期 {late} 天")
    return Score("及时性", value, (PartScore("时限", value),), (said,))
