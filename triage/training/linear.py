"""Fit the linear member: one-vs-rest ridge, solved in the space of the messages; logistic for the kind.

Few messages carry a department (hundreds), many carry none (thousands). The unlabelled ones tell which words
go together: the leading directions of all messages (latent semantic analysis) get a weaker penalty than the
rest, so a word that no labelled message holds still gets the weight of its company. That prior is linear, and
therefore the result is one plain weight a feature: nothing of it is needed at inference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.utils.extmath import randomized_svd

from foundation.progress import Progress, silent
from triage.classifier.features import Counted, FeatureSpec, Vocabulary, count_terms
from triage.classifier.linear import HeadWeights, LinearMember
from triage.classifier.member import HEADS, Head, Labels
from triage.errors import TrainingDataError
from triage.training.conventions import fit_conventions
from triage.training.data import PHRASE, TrainingRow
from triage.training.labels import label_of
from triage.training.logistic import fit_logistic
from triage.training.ridge import Space, fit_ridge

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class LinearArguments:
    """Knobs of the linear member; the defaults were chosen on validation folds (docs/experiment_log.md)."""

    features: tuple[FeatureSpec, ...] = (
        FeatureSpec(shortest=2, longest=1, words=True, title=4.0),
        FeatureSpec(shortest=1, longest=2, words=False, title=4.0),
    )
    """One block each, of equal length: words, and single characters with pairs."""
    least: int = 3
    """A term must stand in so many messages."""
    most_terms: int = 45_000
    """Terms a block, the most frequent first: the artefact's size."""
    directions: int = 100
    """Latent directions of all messages that are penalised less; 0: none."""
    directions_from: int = 8000
    """Messages, drawn at random, from which the directions are found: more cost time and change little."""
    prior: float = 3.0
    """How strongly those directions count, relative to the features themselves."""
    penalty: dict[Head, float] = field(
        default_factory=lambda: {
            "level1": 0.05,
            "level2": 0.1,
            "department": 0.1,
            "urgency": 0.1,
        }
    )
    """Ridge penalty by head, relative to a message of unit length."""
    strength: dict[Head, float] = field(default_factory=lambda: {"kind": 6.0})
    """The heads that are fitted by logistic regression instead (`triage.training.logistic`)."""
    balance: dict[Head, float] = field(default_factory=lambda: {"kind": 0.5})
    """By head: a row counts (commonest label / its label) to this power, at most tenfold; else all alike."""
    seed: int = 7


class TermCache:
    """Texts whose terms were counted before."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, FeatureSpec], Counted] = {}

    def __call__(self, text: str, spec: FeatureSpec) -> Counted:
        """The terms of the text, counted once."""
        key = (text, spec)
        if key not in self._found:
            self._found[key] = count_terms(text, spec)
        return self._found[key]


def train_linear(
    rows: Sequence[TrainingRow],
    labels: Labels,
    arguments: LinearArguments | None = None,
    progress: Progress = silent,
    counted: TermCache | None = None,
) -> LinearMember:
    """Fit every head on the rows that carry its label; all messages shape vocabulary and latent directions.

    `counted` spares the fits of a cross-validation the counting of the same texts.
    """
    arguments = arguments or LinearArguments()
    steps = len(HEADS) + 2
    vocabularies, features = _features(rows, arguments, counted if counted is not None else TermCache())
    progress(1, steps, "词表")
    messages = np.array([row.source != PHRASE for row in rows])
    space = Space(features, _basis(features[messages], arguments), len(vocabularies))
    progress(2, steps, "潜在语义")
    heads: dict[str, HeadWeights] = {}
    for done, head in enumerate(HEADS):
        experts = None
        if head == "level1":
            experts = fit_conventions(rows, space, labels, arguments.penalty[head], arguments.seed)
        found = _fit_head(rows, space, labels, head, arguments) if experts is None else None
        heads.update(experts or ({} if found is None else {head: found}))
        progress(done + 3, steps, f"训练 {head}")
    if not heads:
        raise TrainingDataError(
            "没有可训练的标签", expected="至少一类标签有两种取值", found="0", remedy="检查数据"
        )
    return LinearMember(vocabularies, heads)


def _features(
    rows: Sequence[TrainingRow], arguments: LinearArguments, cache: TermCache
) -> tuple[tuple[Vocabulary, ...], csr_matrix]:
    """The vocabularies of these rows and their features, one block a vocabulary."""
    vocabularies, blocks = [], []
    for spec in arguments.features:
        counted = [cache(row.text, spec) for row in rows]
        messages = [terms for terms, row in zip(counted, rows, strict=True) if row.source != PHRASE]
        vocabulary = Vocabulary.fit(messages, spec, least=arguments.least, most_terms=arguments.most_terms)
        vocabularies.append(vocabulary)
        blocks.append(vocabulary.rows(counted))
    return tuple(vocabularies), hstack(blocks, format="csr")


def _basis(features: csr_matrix, arguments: LinearArguments) -> Array:
    """(features × directions), scaled so that a message's latent part has length 1 on average."""
    count = min(arguments.directions, min(features.shape) - 1, arguments.directions_from - 1)
    if count <= 0 or arguments.prior <= 0:
        return np.zeros((features.shape[1], 0), dtype=np.float32)
    random = np.random.default_rng(arguments.seed)
    some = np.sort(random.permutation(features.shape[0])[: arguments.directions_from])
    _, _, directions = randomized_svd(
        features[some], count, n_iter=2, power_iteration_normalizer="QR", random_state=arguments.seed
    )
    basis: Array = directions.T.astype(np.float32)
    power = float(np.mean(np.square(features @ basis).sum(axis=1)))
    return basis * np.float32(np.sqrt(arguments.prior / max(power, 1e-9)))


def _fit_head(
    rows: Sequence[TrainingRow], space: Space, labels: Labels, head: Head, arguments: LinearArguments
) -> HeadWeights | None:
    """The weights of one head from the rows that carry its label; `None`: fewer than two labels."""
    number = {label: position for position, label in enumerate(labels.of(head))}
    known = np.array([n for n, row in enumerate(rows) if label_of(row, head) is not None], dtype=np.int64)
    wanted = np.array([number[label_of(rows[position], head)] for position in known], dtype=np.int64)
    columns = np.unique(wanted)
    if len(columns) < 2:
        return None
    weights = np.array([rows[position].weight for position in known])
    counts = np.bincount(wanted, weights=weights)
    weights *= np.minimum((counts.max() / counts[wanted]) ** arguments.balance.get(head, 0.0), 10.0)
    logistic = head in arguments.strength
    if logistic:
        found, bias = fit_logistic(space, known, wanted, columns, weights, arguments.strength[head])
    else:
        found, bias = fit_ridge(space, known, wanted, columns, weights, arguments.penalty[head])
    return HeadWeights.quantise(found, bias, columns, len(number), logistic=logistic)
