"""From an answer to what a model is given: masked text, the articles that were retrieved, what is known."""

from __future__ import annotations

from collections.abc import Iterable

from legal_corpus.values import Article
from service.answers import Answer, Cited, LegalAnswer
from service.guidance.lock import Lock
from service.guidance.values import Guidance
from service.llm.prompt import Brief


def reply_brief(answer: Answer, guidance: Guidance, lock: Lock) -> Brief:
    """For a reply to a citizen: the articles of the guidance first, then those that a search found."""
    ids = [point.article_id for point in guidance.says] + [cited.id for cited in answer.citations]
    lead = next((actor.name for actor in guidance.actors if actor.role == "lead"), "")
    facts = [f"建议主办单位：{lead}"] if lead else []
    facts += [f"{clock.name}：最迟 {clock.due}" for clock in guidance.clocks[:2] if clock.due]
    facts += [f"应走的途径：{answer.channel}"] if answer.channel else []
    return Brief("reply", answer.masked_text, _articles(ids, lock), tuple(facts))


def plain_brief(answer: LegalAnswer, lock: Lock) -> Brief:
    """For a resident's question."""
    facts = [f"可以找：{door.name}" for door in answer.doors[:1]]
    return Brief("plain", answer.question, _articles(_ids(answer.articles), lock), tuple(facts))


def _ids(citations: Iterable[Cited]) -> list[str]:
    return [cited.id for cited in citations]


def _articles(ids: Iterable[str], lock: Lock) -> tuple[Article, ...]:
    found = (lock.law.article(id) for id in dict.fromkeys(ids))
    return tuple(article for article in found if article is not None)
