"""Joins what the router believes of a message with what the dispatch catalogue says of it.

The matter first: level 1, every matter against every other, the matters whose entries' words stand in the
text, and the matters that the believed departments lead are multiplied, each raised to a power; a class of
level 1 has a constant of its own. Level 1 is the sum over its matters, so both always agree and no path comes
out that does not exist. Then the department: the router's belief times that of the entries, which the joined
matters weigh. The powers are few, and fitted on out-of-fold predictions (`triage.training.joining`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.catalogue.matching import Matcher
from triage.classifier.beliefs import Beliefs, membership
from triage.classifier.calibration import Probabilities, first_path_in_first_level1, level1_of_pairs
from triage.classifier.conventions import Convention
from triage.classifier.member import Labels
from triage.errors import ModelError
from triage.values import DepartmentScore, MatterScore, Prediction

JOINING = Path(__file__).with_name("joining.toml")

MATTER_TERMS = ("level1", "paths", "entry_paths", "entry_level1", "implied_level1")
"""What speaks for a matter, in the order of `Joiner.matter_terms`."""
DEPARTMENT_TERMS = ("router", "catalogue")
"""What speaks for a department, in the order of `Joiner.department_terms`."""

_DOUBT = 1e-3
"""Belief of each voice in what it does not name: never nothing."""
_DOUBT_LEVEL1 = 1e-2
_LEAST = 1e-12
_LEAST_MATTER = 1e-4
"""Belief granted to a matter or department that the router does not name."""
_NO_LEAD = 0.02
"""Belief, in entries, that a department leads a matter for which it has no entry."""


@dataclass(frozen=True, slots=True)
class JoinWeights:
    """How strongly each voice counts: powers, and a constant for each class of level 1."""

    matter: tuple[float, ...]
    """By `MATTER_TERMS`."""
    department: tuple[float, ...]
    """By `DEPARTMENT_TERMS`."""
    bias: Mapping[str, float]
    """Added to the log-belief of each matter of a level 1: what the router over- or underrates."""

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> JoinWeights:
        """Weights as a manifest or `joining.toml` holds them; `ModelError` where one is missing."""
        try:
            return cls(
                tuple(float(values["matter"][name]) for name in MATTER_TERMS),
                tuple(float(values["department"][name]) for name in DEPARTMENT_TERMS),
                {str(name): float(value) for name, value in values["bias"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(
                "目录与模型的合成参数不完整",
                expected=f"matter：{'、'.join(MATTER_TERMS)}；department：{'、'.join(DEPARTMENT_TERMS)}；bias",
                found=f"{type(error).__name__}: {error}",
                remedy="重新训练模型，或恢复随附的 joining.toml",
            ) from error

    def to_plain(self) -> dict[str, dict[str, float]]:
        """As `from_plain` reads it."""
        return {
            "matter": dict(zip(MATTER_TERMS, self.matter, strict=True)),
            "department": dict(zip(DEPARTMENT_TERMS, self.department, strict=True)),
            "bias": dict(self.bias),
        }


@cache
def load_joining(path: Path = JOINING) -> JoinWeights:
    """The shipped weights, for a router that brings none of its own."""
    return JoinWeights.from_plain(tomllib.loads(path.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Joined:
    """Joined probabilities: rows × labels."""

    labels: Labels
    departments: tuple[str, ...]
    """The columns of `department`."""
    level1: Probabilities
    paths: Probabilities
    """Each matter; the first lies in the first level 1."""
    department: Probabilities

    def prediction(self, row: int, said: Prediction, names: Mapping[str, str]) -> Prediction:
        """`said` with the joined matters and departments in the place of its own, as many of each.

        `names`: the name of every department that may come out.
        """
        matters = np.argsort(-self.paths[row], kind="stable")[: len(said.matter)]
        order = np.argsort(-self.department[row], kind="stable")
        units = [number for number in order if self.departments[number] in names][: len(said.department)]
        return replace(
            said,
            matter=tuple(
                MatterScore(*self.labels.pairs[int(number)], round(float(self.paths[row, number]), 6))
                for number in matters
            ),
            department=tuple(
                DepartmentScore(id, names[id], round(float(self.department[row, number]), 6))
                for number in units
                for id in (self.departments[number],)
            ),
        )


class Joiner:
    """One catalogue's words and one router's labels, ready to be joined."""

    def __init__(self, matcher: Matcher, labels: Labels, departments: Sequence[str] = ()) -> None:
        """`labels`: the router's; `departments`: ids that may come out though it does not know them."""
        self._matcher, self._labels = matcher, labels
        known = labels.departments
        self.departments = (*known, *(id for id in departments if id not in known))
        column = {pair: number for number, pair in enumerate(labels.pairs)}
        # An entry of a matter that an older router does not know speaks for its department alone.
        matters = [column.get((one.level1, one.level2), -1) for one in matcher.entries]
        self._path = np.array(matters, dtype=np.int64)
        self._first = level1_of_pairs(labels)
        self._belongs = membership(labels)
        self._duties = matcher.duties(self.departments)
        self._held = np.zeros((len(matcher.entries), len(labels.pairs)))
        known_path = np.flatnonzero(self._path >= 0)
        self._held[known_path, self._path[known_path]] = 1.0
        leads = self._held.T @ self._duties + _NO_LEAD
        self._level1_of_department = (leads / leads.sum(axis=0)).T @ self._belongs

    def told(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """How strongly the words of each entry speak (texts × entries)."""
        return self._matcher.told(texts)

    def join(
        self, texts: Sequence[str], found: Beliefs, weights: JoinWeights, convention: Convention
    ) -> Joined:
        """What router and catalogue believe together of masked texts; `convention`: whose level 1."""
        told = self.told(texts)
        matters = self.matters(self.matter_terms(told, found), weights)
        department = softmax(self.department_terms(told, found, matters) @ np.array(weights.department))
        level1 = matters @ self._belongs
        inside = matters / np.maximum(level1[:, self._first], _LEAST)
        if convention != "national" and found.contest is not None and found.share is not None:
            share = np.ones_like(found.share) if convention == "contest" else found.share
            level1 = share * found.contest + (1 - share) * level1
        paths = first_path_in_first_level1(
            inside * level1[:, self._first], self._first, level1.argmax(axis=1)
        )
        return Joined(self._labels, self.departments, level1, paths, department)

    def matters(self, terms: npt.NDArray[np.float64], weights: JoinWeights) -> Probabilities:
        """The joined probabilities of all matters by the national classes."""
        bias = np.array([weights.bias.get(level1, 0.0) for level1 in self._labels.level1])
        return softmax(terms @ np.array(weights.matter) + bias[self._first])

    def matter_terms(self, told: npt.NDArray[np.float64], found: Beliefs) -> npt.NDArray[np.float64]:
        """Log-beliefs of each voice in each matter: rows × matters × `MATTER_TERMS`."""
        spoken = (told - 1.0) @ self._held
        spoken /= np.maximum(spoken.sum(axis=1, keepdims=True), _LEAST)
        implied = self._all_departments(found) @ self._level1_of_department
        terms = (
            np.log(np.maximum(found.level1, 1e-6))[:, self._first],
            np.log(np.maximum(found.paths, _LEAST)),
            np.log(spoken + _DOUBT),
            np.log(spoken @ self._belongs + _DOUBT_LEVEL1)[:, self._first],
            np.log(implied + _DOUBT)[:, self._first],
        )
        return np.stack(terms, axis=2)

    def department_terms(
        self, told: npt.NDArray[np.float64], found: Beliefs, matters: Probabilities
    ) -> npt.NDArray[np.float64]:
        """Log-beliefs of router and catalogue in each department: rows × departments × `DEPARTMENT_TERMS`."""
        matter = np.where(self._path >= 0, matters[:, self._path], 0.0)
        speaks = (told > 1.0) | (matter > _LEAST_MATTER)
        voice = speaks * told * np.maximum(matter, _LEAST_MATTER) ** self._matcher.weights.matter
        voice /= np.maximum(voice.sum(axis=1, keepdims=True), _LEAST)
        believed = voice @ self._duties
        believed /= np.maximum(believed.sum(axis=1, keepdims=True), _LEAST)
        return np.stack(
            [np.log(np.maximum(self._all_departments(found), 1e-6)), np.log(believed + _DOUBT)], axis=2
        )

    def _all_departments(self, found: Beliefs) -> Probabilities:
        """The router's departments, and hardly any belief in those that it does not know."""
        more = len(self.departments) - found.department.shape[1]
        return np.pad(found.department, ((0, 0), (0, more)), constant_values=_LEAST_MATTER)


def softmax(logs: npt.NDArray[np.float64]) -> Probabilities:
    """Probabilities (by row) of log-beliefs that are not normalised."""
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
