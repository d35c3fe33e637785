"""From members' logits to calibrated probabilities: mix, temperature, hierarchy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.classifier.conventions import COARSE, EXPERTS, FINE, GATE, Convention, gate_pair, join_experts
from triage.classifier.member import HEADS, Head, Labels, Logits
from triage.errors import ModelError

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the members are mixed and how sharp the result is."""

    temperatures: Mapping[str, Mapping[str, float]]
    """By member and head; logits are divided by it before the softmax."""
    weights: Mapping[str, Mapping[str, float]]
    """By member and head: the share of each member in the mixed logits."""
    sharpness: Mapping[str, float]
    """By head: the mixed log-probabilities are multiplied by it (1: left as they are)."""

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Calibration:
        """A calibration as a manifest holds it."""
        try:
            return cls(values["temperatures"], values["weights"], values["sharpness"])
        except (KeyError, TypeError) as error:
            raise ModelError(
                "模型清单中没有校准参数",
                expected="temperatures、weights、sharpness",
                found=str(error),
                remedy="重新训练模型",
            ) from error


def probabilities(
    outputs: Mapping[str, Mapping[str, Logits]],
    calibration: Calibration,
    labels: Labels,
    convention: Convention = "auto",
) -> dict[Head, Probabilities]:
    """Calibrated probabilities by head; `level2` gives those of whole paths, p(level1) · p(level2|level1).

    No path stands above the best path of the most probable level 1 (about 2 % of messages are capped).
    `convention`: whose classes level 1 shall use, where the router knows two.
    """
    groups = level2_groups(labels)
    result: dict[Head, Probabilities] = {}
    for head in HEADS:
        if head == "level1" and has_experts(calibration):
            result[head] = _level1(outputs, calibration, convention)
            continue
        inside = groups if head == "level2" else None
        result[head] = np.exp(log_softmax(mixed(outputs, head, calibration, inside), inside))
    first = level1_of_pairs(labels)
    result["level2"] = first_path_in_first_level1(
        result["level2"] * result["level1"][:, first], first, result["level1"].argmax(axis=1)
    )
    return result


def conventions_of(calibration: Calibration) -> tuple[Convention, ...]:
    """The conventions that a caller may ask for; none where the router knows one alone."""
    return ("national", "contest") if has_experts(calibration) else ()


def has_experts(calibration: Calibration) -> bool:
    """Whether level 1 has an expert for each convention, and a gate."""
    return any(GATE in found for found in calibration.weights.values())


def _level1(
    outputs: Mapping[str, Mapping[str, Logits]], calibration: Calibration, convention: Convention
) -> Probabilities:
    """Level 1 from the two experts, each calibrated on the rows of its own convention, and the gate.

    Where one convention is asked for, its expert alone need be calibrated.
    """
    if convention != "auto":
        asked = FINE if convention == "national" else COARSE
        return np.exp(log_softmax(mixed(outputs, asked, calibration, None), None))
    fine, coarse, gate = (log_softmax(mixed(outputs, head, calibration, None), None) for head in EXPERTS)
    return join_experts(fine, coarse, gate)


@cache
def level2_groups(labels: Labels) -> tuple[npt.NDArray[np.int64], ...]:
    """The columns of head `level2` under each level 1."""
    return tuple(np.flatnonzero(level1_of_pairs(labels) == n) for n in range(len(labels.level1)))


@cache
def level1_of_pairs(labels: Labels) -> npt.NDArray[np.int64]:
    """The column of head `level1` above each column of `level2`."""
    return np.array([labels.level1.index(level1) for level1, _ in labels.pairs], dtype=np.int64)


def log_probabilities(
    logits: Logits, temperature: float, groups: Sequence[npt.NDArray[np.int64]] | None = None
) -> Probabilities:
    """Log-softmax of logits over a temperature, inside each group of columns where groups are given."""
    return log_softmax(logits.astype(np.float64) / temperature, groups)


def first_path_in_first_level1(paths: Probabilities, first: Any, best: Any) -> Probabilities:
    """Paths outside the most probable level 1 are capped just below its best path.

    A level 1 whose children share its probability would else lose the first place to a less probable one
    with a single child: the first matter shown must lie in the most probable level 1.
    """
    inside = first[None, :] == best[:, None]
    top = np.where(inside, paths, 0).max(axis=1, keepdims=True)
    capped: Probabilities = np.where(inside, paths, np.minimum(paths, top * (1 - 1e-6)))
    return capped


def mixed(
    outputs: Mapping[str, Mapping[str, Logits]],
    head: str,
    calibration: Calibration,
    groups: Sequence[npt.NDArray[np.int64]] | None,
) -> Probabilities:
    """The members' log-probabilities of one head, mixed by their shares and sharpened, not normalised again.

    Raises `ModelError` where no member has the head.
    """
    shares = _shares(outputs, head, calibration)
    if not shares:
        raise ModelError(
            f"模型没有 {head} 这一项", expected="五项齐全", found="缺少", remedy="用带有该标签的数据重新训练"
        )
    parts: list[Probabilities] = []
    for member, share in shares.items():
        logits = outputs[member][head]
        logits = gate_pair(logits) if head == GATE else logits
        parts.append(share * log_probabilities(logits, calibration.temperatures[member][head], groups))
    whole: Probabilities = sum(parts[1:], parts[0])
    return whole / sum(shares.values()) * calibration.sharpness.get(head, 1.0)


def _shares(
    outputs: Mapping[str, Mapping[str, Logits]], head: str, calibration: Calibration
) -> dict[str, float]:
    """The share of every member that has a say in a head; empty where none has the head.

    Of members without a say (share 0) that are asked without the others, as `quick_probabilities` asks the
    linear one, each counts alike: they are calibrated, the mix only had no use for them.
    """
    shares = {
        member: calibration.weights[member][head]
        for member, heads in outputs.items()
        if head in heads and head in calibration.weights[member]
    }
    heard = {member: share for member, share in shares.items() if share > 0}
    return heard or dict.fromkeys(shares, 1.0)


def log_softmax(values: Probabilities, groups: Sequence[npt.NDArray[np.int64]] | None) -> Probabilities:
    """Normalised log-probabilities by row, over all columns or inside each group of them.

    Together the groups hold every column once.
    """
    if groups is None:
        part = values - values.max(axis=1, keepdims=True)
        whole: Probabilities = part - np.log(np.exp(part).sum(axis=1, keepdims=True))
        return whole
    held = [columns for columns in groups if len(columns)]
    order, sizes = np.concatenate(held), [len(columns) for columns in held]
    starts, which = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(held)), sizes)
    part = values[:, order]
    part = part - np.maximum.reduceat(part, starts, axis=1)[:, which]
    total = np.add.reduceat(np.exp(part), starts, axis=1)
    result = np.empty_like(values)
    result[:, order] = part - np.log(total)[:, which]
    return result
