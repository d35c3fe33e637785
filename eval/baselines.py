"""The peers against which the router is measured, trained and tested in one run: `zhili eval baselines`.

Same rows, same cleaning, same split (`triage.training.split`): the published starting point (a linear SVM
over character TF-IDF), naive Bayes and logistic regression over words, a fastText-like bag, TextCNN. Their
settings were fixed on a fifth of the training part (docs/experiment_log.md).

The pairs `router_over.*` compare message by message: bootstrap interval of the difference, McNemar's test.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from eval.classification import class_scores, per_class, score, unseen_rows
from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.result import Result, Score
from eval.router import labelled_rows
from foundation.progress import Progress, silent
from triage.classifier.artefact import DEFAULT
from triage.classifier.router import Router
from triage.training.data import TrainingRow
from triage.training.measure import macro_f1
from triage.training.split import folds, split_rows

Columns = npt.NDArray[np.int64]
Held = npt.NDArray[np.bool_]

ALONE = 100
"""Messages read one by one to tell the milliseconds of a single one."""
HELD_OUT = 5
"""One training message in so many is held out where a peer has to be stopped early."""
LEAST = 2
"""A term in fewer training messages than this is dropped."""


class Peer(Protocol):
    """A trained model of level 1."""

    @property
    def size(self) -> int:
        """Bytes that would have to be shipped: numbers and vocabulary."""

    def predict(self, texts: Sequence[str]) -> Columns:
        """The number of the class of each text."""


Fit = Callable[[Sequence[str], Columns, Held], Peer]


@dataclass(frozen=True, slots=True)
class LinearPeer:
    """A scikit-learn vectoriser and a linear classifier over it."""

    vectoriser: Any
    classifier: Any

    @property
    def size(self) -> int:
        """Bytes of the weights, of the idf and of the terms in UTF-8."""
        model = self.classifier
        weights = model.coef_ if hasattr(model, "coef_") else model.feature_log_prob_
        terms = sum(len(term.encode()) for term in self.vectoriser.vocabulary_)
        return int(weights.nbytes + self.vectoriser.idf_.nbytes + terms)

    def predict(self, texts: Sequence[str]) -> Columns:
        """The number of the class of each text."""
        return np.asarray(self.classifier.predict(self.vectoriser.transform(texts)), dtype=np.int64)


def fit_char_svm(texts: Sequence[str], target: Columns, held: Held) -> Peer:
    """The published starting point: a linear SVM over TF-IDF of runs of 1 to 3 characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=LEAST, sublinear_tf=True)
    return _linear(grams, LinearSVC(C=1.0, random_state=0), texts, target)


def fit_word_bayes(texts: Sequence[str], target: Columns, held: Held) -> Peer:
    """Complement naive Bayes over TF-IDF of words."""
    from sklearn.naive_bayes import ComplementNB

    return _linear(_word_vectoriser(), ComplementNB(alpha=0.3), texts, target)


def fit_word_logistic(texts: Sequence[str], target: Columns, held: Held) -> Peer:
    """Logistic regression over TF-IDF of words."""
    from sklearn.linear_model import LogisticRegression

    return _linear(_word_vectoriser(), LogisticRegression(C=10.0, max_iter=300), texts, target)


def fit_bag(texts: Sequence[str], target: Columns, held: Held) -> Peer:
    """Mean of hashed vectors of characters and bigrams, as fastText does."""
    from eval import baseline_networks

    return baseline_networks.fit_bag(texts, target, held)


def fit_cnn(texts: Sequence[str], target: Columns, held: Held) -> Peer:
    """TextCNN over characters."""
    from eval import baseline_networks

    return baseline_networks.fit_cnn(texts, target, held)


PEERS: Mapping[str, Fit] = {
    "char_svm": fit_char_svm,
    "word_bayes": fit_word_bayes,
    "word_logistic": fit_word_logistic,
    "bag": fit_bag,
    "text_cnn": fit_cnn,
}
LINEAR = ("char_svm", "word_bayes", "word_logistic")


@dataclass(slots=True)
class _Table:
    """What was found so far: scores, and the predictions of each model by its name."""

    target: Columns
    scores: dict[str, Score] = field(default_factory=dict)
    predicted: dict[str, Columns] = field(default_factory=dict)

    def add(self, name: str, predict: Callable[[Sequence[str]], Columns], texts: Sequence[str]) -> None:
        """Ask a model for all texts at once, and for some one by one."""
        predict(texts[:1])
        seconds = time.process_time()
        self.predicted[name] = predict(texts)
        together = time.process_time() - seconds
        self.scores |= class_scores(name, self.target, self.predicted[name])
        self.scores[f"{name}.ms_batch"] = _plain(1000 * together / len(texts), len(texts))
        times = [_milliseconds(lambda text=text: predict([text])) for text in texts[:ALONE]]  # type: ignore[misc]
        self.scores[f"{name}.ms_alone"] = _plain(float(np.median(times)), len(times))

    def compare(self, other: str) -> None:
        """What the router gains over `other`, message by message."""
        router, peer, target = self.predicted["router"], self.predicted[other], self.target
        self.scores[f"router_over.{other}.macro_f1"] = score(
            len(target), lambda i: macro_f1(target[i], router[i]) - macro_f1(target[i], peer[i])
        )
        p = mcnemar(router == target, peer == target)
        self.scores[f"router_over.{other}.mcnemar_p"] = Score(float(f"{p:.3g}"), None, None, len(target))


def evaluate_baselines(
    data: Path,
    model: Path | None = None,
    *,
    peers: Mapping[str, Fit] = PEERS,
    progress: Progress = silent,
) -> Result:
    """Level 1 of the test part by every peer and by the router (in `model`, or the packaged one).

    Seconds and milliseconds are of CPU time: other work on the machine does not count. Raises `DataMissing`
    where the file has no labelled test part, `ContaminatedData` where the router knows all of it.
    """
    watch = Stopwatch()
    router = Router.load(model)
    split = split_rows(labelled_rows(data))
    train = [row for row in split.train if row.by_hand]
    if not train or not split.test:
        raise DataMissing(
            f"{data.name} 划分不出训练与测试两部分",
            expected="训练、测试两部分都有带一级事项、不带单位的留言",
            found=f"训练 {len(train)} 条，测试 {len(split.test)} 条",
            remedy="换用行数更多、只标一级事项的文件",
        )
    test = unseen_rows(router, split.test, "换用未参与训练的数据")
    classes = sorted({row.level1 or "" for row in (*train, *test)})
    table = _Table(_numbers(test, classes))
    texts = [row.text for row in test]
    details: dict[str, Any] = {}
    held = np.array(folds(train, HELD_OUT)) == 0
    for done, (name, fit) in enumerate(peers.items()):
        progress(done, len(peers) + 1, name)
        details[name] = _train_and_test(table, name, fit, train, texts, classes, held)
    progress(len(peers), len(peers) + 1, "router")
    table.add("router", lambda asked: _router_numbers(router, asked, classes), texts)
    table.scores["router.megabytes"] = _plain(_folder_bytes(router, model) / 1e6, 1)
    for name in peers:
        table.compare(name)
    progress(len(peers) + 1, len(peers) + 1, "router")
    return Result(
        "baselines",
        table.scores,
        watch.record(data=[data], model_hash=router.manifest.hash),
        {
            "model": router.name,
            "train": len(train),
            "test": len(test),
            "twins_left_out": len(split.left_out),
            "seen_in_training": len(split.test) - len(test),
            "best_linear": _best_linear(table),
            "peers": details,
            "f1_by_class": {n: per_class(classes, table.target, p) for n, p in table.predicted.items()},
        },
    )


def mcnemar(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> float:
    """Exact two-sided p-value that two models, right where `first` and `second` say so, err equally often."""
    from scipy.stats import binomtest

    only_first, only_second = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    if not only_first + only_second:
        return 1.0
    return float(binomtest(only_first, only_first + only_second).pvalue)


def _train_and_test(
    table: _Table,
    name: str,
    fit: Fit,
    train: Sequence[TrainingRow],
    texts: Sequence[str],
    classes: Sequence[str],
    held: Held,
) -> dict[str, Any]:
    """Train one peer, put its scores into the table, and tell what there is to tell of it."""
    began = time.process_time()
    peer = fit([row.text for row in train], _numbers(train, classes), held)
    table.scores[f"{name}.train_seconds"] = _plain(time.process_time() - began, len(train))
    table.add(name, peer.predict, texts)
    table.scores[f"{name}.megabytes"] = _plain(peer.size / 1e6, 1)
    epochs = getattr(peer, "epochs", None)
    return {} if epochs is None else {"epochs": epochs}


def _router_numbers(router: Router, texts: Sequence[str], classes: Sequence[str]) -> Columns:
    """The router's answer by the contest's convention, among the classes that the peers choose from too."""
    found = router.probabilities(texts, convention="contest")["level1"]
    known = [router.labels.level1.index(name) for name in classes]
    return np.asarray(found[:, known].argmax(axis=1), dtype=np.int64)


def _best_linear(table: _Table) -> str:
    """The linear peer with the highest macro-F1 on the test part: a choice in the peers' favour."""
    measured = [name for name in LINEAR if name in table.predicted]
    return max(measured, key=lambda name: table.scores[f"{name}.macro_f1"].value, default="")


def _numbers(rows: Sequence[TrainingRow], classes: Sequence[str]) -> Columns:
    place = {name: number for number, name in enumerate(classes)}
    return np.array([place[row.level1 or ""] for row in rows], dtype=np.int64)


def _linear(vectoriser: Any, classifier: Any, texts: Sequence[str], target: Columns) -> LinearPeer:
    classifier.fit(vectoriser.fit_transform(texts), target)
    return LinearPeer(vectoriser, classifier)


def _word_vectoriser() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=_words, min_df=LEAST, sublinear_tf=True)


def _words(text: str) -> list[str]:
    """Dictionary words of a text; signs and spaces are none."""
    import rjieba

    return [word for word in rjieba.cut(text, False) if word.strip() and word[0].isalnum()]


def _folder_bytes(router: Router, model: Path | None) -> int:
    """Bytes of all files of the artefact, the hashes of its training texts among them."""
    folder = model if model is not None else DEFAULT
    return sum((folder / name).stat().st_size for name in router.manifest.files)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def _plain(value: float, n: int) -> Score:
    return Score(round(value, 4), None, None, n)
