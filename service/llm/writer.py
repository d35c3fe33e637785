"""A language model writes a draft; the citation lock decides what of it may stand.

Off unless `ZHILI_LLM_URL` is set. Whatever goes wrong, the answer without a model stands, with a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.guidance.lock import Lock, as_draft
from service.guidance.values import Draft, Origin, Status
from service.llm.client import ChatClient, Message
from service.llm.errors import ModelError
from service.llm.prompt import Brief, given, messages
from service.settings import Settings

WRITTEN = "由语言模型起草，逐句核对过引用：与库中原文一致的照录，其余标明，无法核实的删去。须由人审定。"
NOTHING_LEFT = "语言模型的草稿没有一句可以保留，已弃用。"


class Model(Protocol):
    """A language model; `service.llm.client.ChatClient` is one."""

    def complete(self, messages: list[Message]) -> str:
        """The text it answers with; raises `ModelError`."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of asking: a draft, or a note that says why there is none."""

    draft: Draft | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelWriter:
    """Asks a model and locks its answer."""

    model: Model

    def write(self, brief: Brief, lock: Lock, *, as_of: date, region: str = "") -> Written:
        """A locked draft of what the brief asks for; never raises for the model's sake."""
        try:
            text = self.model.complete(messages(brief))
        except ModelError as error:
            return Written(None, error.message)
        report = lock.verify(text, as_of, region=region, said=brief.masked_text, given=given(brief.articles))
        if all(sentence.status is Status.STRUCK for sentence in report.sentences):
            return Written(None, NOTHING_LEFT)
        return Written(as_draft(report, Origin.MODEL, WRITTEN))


def open_writer(settings: Settings) -> ModelWriter | None:
    """The writer that the settings ask for; `None`: no model, which is the default."""
    if not settings.llm_url:
        return None
    client = ChatClient(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_timeout)
    return ModelWriter(client)
