"""The router: masked messages in, ranked and calibrated predictions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from foundation.artefact import Manifest
from triage.catalogue.book import load_catalogue
from triage.classifier.artefact import DEFAULT, Artefact, read_artefact, text_hashes
from triage.classifier.beliefs import Beliefs, beliefs
from triage.classifier.calibration import Calibration, Probabilities, probabilities
from triage.classifier.conventions import Convention
from triage.classifier.drift import unknown_share
from triage.classifier.linear import LinearMember
from triage.classifier.member import Head, Labels, Logits, Member
from triage.classifier.onnx_member import at_hand
from triage.classifier.places import fold_places
from triage.classifier.rows import Row
from triage.classifier.thresholds import Thresholds
from triage.errors import ModelError
from triage.taxonomy.tree import load_taxonomy
from triage.values import DepartmentScore, LabelScore, MatterScore, Prediction

MATTERS = 10
DEPARTMENTS = 10
"""How many of each ranked list are given out."""


class Classifier(Protocol):
    """What the desk needs of a router; tests pass fakes."""

    @property
    def name(self) -> str:
        """Name and short hash of the model."""

    @property
    def thresholds(self) -> Thresholds:
        """When a prediction is sure enough."""

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction a text, in order."""


@runtime_checkable
class Believer(Protocol):
    """A classifier that also tells what its ranked lists were cut from."""

    @property
    def joining(self) -> Mapping[str, Any] | None:
        """How the dispatch catalogue is joined with its beliefs; `None`: as `joining.toml` says."""

    def read(self, texts: Sequence[str]) -> tuple[list[Prediction], Beliefs]:
        """Predictions and beliefs of the same texts, in order."""


class Router:
    """A verified artefact, ready to answer."""

    def __init__(self, artefact: Artefact) -> None:
        self._artefact = artefact
        self._names = _check_labels(artefact.labels)

    @classmethod
    def load(cls, folder: Path | None = None) -> Router:
        """Open a router artefact, or the packaged one; raises `ArtefactError` or `ModelError`."""
        return cls(read_artefact(folder if folder is not None else DEFAULT))

    @property
    def manifest(self) -> Manifest:
        """The artefact's manifest."""
        return self._artefact.manifest

    @property
    def labels(self) -> Labels:
        """The label sets, in the order of the probability columns."""
        return self._artefact.labels

    @property
    def members(self) -> Mapping[str, Member]:
        """What the router is made of, by name."""
        return self._artefact.members

    @property
    def calibration(self) -> Calibration:
        """How the members are mixed and how sharp the result is."""
        return self._artefact.calibration

    @property
    def thresholds(self) -> Thresholds:
        """When a prediction is sure enough."""
        return self._artefact.thresholds

    @cached_property
    def name(self) -> str:
        """`router/linear@1a2b3c4d`: the members and the first of the hash."""
        return f"router/{'+'.join(self._artefact.members)}@{self.manifest.hash.removeprefix('sha256:')[:8]}"

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Predictions for clean, masked texts (title on the first line), in their order."""
        return self.read(texts)[0] if texts else []

    def read(self, texts: Sequence[str]) -> tuple[list[Prediction], Beliefs]:
        """`predict`, and all beliefs that the ranked lists were cut from, by one pass of the members."""
        read = self._as_read(texts)
        outputs, rows = self._outputs(self._artefact.members, read)
        calibration, labels = self._artefact.calibration, self.labels
        found = probabilities(outputs, calibration, labels)
        ranked = [self._prediction(found, number) for number in range(len(texts))]
        if rows:
            ranked = [self._shown(*each) for each in zip(ranked, texts, read, rows, strict=True)]
        return ranked, beliefs(outputs, calibration, labels)

    def beliefs(self, texts: Sequence[str]) -> Beliefs:
        """Everything that is believed of clean, masked texts, uncut."""
        outputs, _ = self._outputs(self._artefact.members, self._as_read(texts))
        return beliefs(outputs, self._artefact.calibration, self.labels)

    @property
    def joining(self) -> Mapping[str, Any] | None:
        """How the dispatch catalogue is joined with its beliefs, where its training fitted that."""
        found: Mapping[str, Any] | None = self.manifest.details.get("joining")
        return found

    def probabilities(
        self,
        texts: Sequence[str],
        *,
        convention: Convention = "auto",
        only: str | None = None,
    ) -> dict[Head, Probabilities]:
        """Calibrated probabilities by head (texts × labels); `level2` holds those of whole paths.

        `convention`: whose classes level 1 shall use, where the router knows two. `only`: the name of the one
        member that is asked, to compare it with the whole.
        """
        members = self._artefact.members
        return self._asked(members if only is None else {only: members[only]}, texts, convention)

    def quick_probabilities(self, texts: Sequence[str]) -> dict[Head, Probabilities]:
        """`probabilities` by the linear member alone (all where there is none): for many short texts."""
        members = {name: m for name, m in self._artefact.members.items() if isinstance(m, LinearMember)}
        return self._asked(members or self._artefact.members, texts)

    def seen(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text was trained on; spaces and punctuation make no difference."""
        known: npt.NDArray[np.bool_] = np.isin(text_hashes(self._as_read(texts)), self._artefact.seen)
        return [bool(one) for one in known]

    def unknown_share(self, text: str) -> float:
        """Share of the terms of a clean text that the linear member never met (`triage.classifier.drift`)."""
        vocabularies = [
            vocabulary
            for member in self._artefact.members.values()
            if isinstance(member, LinearMember)
            for vocabulary in member.vocabularies
        ]
        return unknown_share(self._as_read([text])[0], vocabularies)

    def _asked(
        self, members: Mapping[str, Member], texts: Sequence[str], convention: Convention = "auto"
    ) -> dict[Head, Probabilities]:
        outputs, _ = self._outputs(members, self._as_read(texts))
        return probabilities(outputs, self._artefact.calibration, self.labels, convention)

    def _outputs(
        self, members: Mapping[str, Member], read: Sequence[str]
    ) -> tuple[dict[str, dict[str, Logits]], list[Row]]:
        """Logits by member, and the texts as the linear member read them (none where there is none).

        The linear member reads while the encoder does.
        """
        ahead = {
            name: self._cores.submit(member.logits, read)
            for name, member in members.items()
            if len(members) > 1 and not isinstance(member, LinearMember)
        }
        outputs, rows = {}, list[Row]()
        for name, member in members.items():
            if isinstance(member, LinearMember):
                rows = member.rows(read)
                outputs[name] = member.logits_of(rows)
            else:
                outputs[name] = ahead[name].result() if name in ahead else member.logits(read)
        return outputs, rows

    @cached_property
    def _cores(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(at_hand(), "router")

    def _as_read(self, texts: Sequence[str]) -> list[str]:
        """The texts as this router was taught to read them, character by character where they were."""
        return [fold_places(text) for text in texts] if self._artefact.folds_places else list(texts)

    def _prediction(self, found: dict[Head, Probabilities], row: int) -> Prediction:
        labels = self.labels
        return Prediction(
            matter=tuple(
                MatterScore(*labels.pairs[column], p) for column, p in _ranked(found["level2"][row], MATTERS)
            ),
            department=tuple(
                DepartmentScore(labels.departments[column], self._names[labels.departments[column]], p)
                for column, p in _ranked(found["department"][row], DEPARTMENTS)
            ),
            kind=_flat(labels.kinds, found["kind"][row]),
            urgency=_flat(labels.urgencies, found["urgency"][row]),
        )

    def _shown(self, prediction: Prediction, text: str, read: str, row: Row) -> Prediction:
        """With the words that spoke for the first department rather than the second."""
        first, second = (self.labels.departments.index(one.id) for one in prediction.department[:2])
        member = [m for m in self._artefact.members.values() if isinstance(m, LinearMember)][-1]
        found = member.evidence(read, row, first, second)
        shown = tuple(replace(each, text=text[each.start : each.end]) for each in found)
        return replace(prediction, evidence=shown)


def _ranked(row: Probabilities, most: int) -> list[tuple[int, float]]:
    """Columns and probabilities, best first; equal ones in the order of the labels."""
    order = np.argsort(-row, kind="stable")[:most]
    return [(int(column), round(float(row[column]), 6)) for column in order]


def _flat(labels: Sequence[str], row: Probabilities) -> tuple[LabelScore, ...]:
    return tuple(LabelScore(labels[column], p) for column, p in _ranked(row, len(labels)))


def _check_labels(labels: Labels) -> dict[str, str]:
    """Names of the departments; raises `ModelError` where the model knows labels that no longer exist."""
    taxonomy = load_taxonomy()
    names = {department.id: department.name for department in load_catalogue().departments}
    unknown = [f"{one}/{two}" for one, two in labels.pairs if not taxonomy.is_path(one, two)]
    unknown += [department for department in labels.departments if department not in names]
    if unknown:
        raise ModelError(
            "模型的标签与现行目录不符",
            expected="事项与单位都在目录中",
            found="、".join(unknown[:5]),
            remedy="重新训练模型，或恢复与模型配套的目录",
        )
    return names
