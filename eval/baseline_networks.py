"""The neural peers of the router: a fastText-like bag of character bigrams, and TextCNN.

Both are small readings of published models (Joulin et al. 2017; Kim 2014) with untrained embeddings. The
number of epochs is found on a held-out part of the training rows, never on the test part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from triage.training.measure import macro_f1

Columns = npt.NDArray[np.int64]
Reader = Callable[[str], Columns]

BUCKETS = 1 << 16
"""Rows of the hashed table of characters and bigrams."""
BAG_SIZE = 64
CNN_SIZE = 128
"""Length of a character's vector, and filters of each width."""
WIDTHS = (2, 3, 4, 5)
LONGEST = 300
"""Characters that the networks read; the median real message has 235, and time grows with the longest."""
LEAST = 2
"""A character in fewer training messages than this is an unknown one."""
PADDING, UNKNOWN = 0, 1
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast a network learns."""

    epochs: int
    """At most so many."""
    patience: int
    """Epochs without a gain on the held-out part before it stops."""
    batch: int
    rate: float


BAG = Schedule(epochs=20, patience=3, batch=32, rate=0.01)
CNN = Schedule(epochs=8, patience=2, batch=32, rate=0.001)


class BagNetwork(nn.Module):
    """The mean of hashed vectors and a linear layer."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        # Sparse gradients: a batch touches a hundredth of the table.
        self.table = nn.EmbeddingBag(BUCKETS, BAG_SIZE, mode="mean", padding_idx=PADDING, sparse=True)
        nn.init.uniform_(self.table.weight, -1 / BAG_SIZE, 1 / BAG_SIZE)
        self.out = nn.Linear(BAG_SIZE, classes)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Scores (rows × classes) of padded rows of ids."""
        scores: torch.Tensor = self.out(self.table(ids))
        return scores


class CnnNetwork(nn.Module):
    """Filters over character vectors, the largest answer of each, dropout, a linear layer."""

    def __init__(self, characters: int, classes: int) -> None:
        super().__init__()
        self.table = nn.Embedding(characters, CNN_SIZE, padding_idx=PADDING)
        self.filters = nn.ModuleList(nn.Conv1d(CNN_SIZE, CNN_SIZE, width) for width in WIDTHS)
        self.dropout = nn.Dropout(0.5)
        self.out = nn.Linear(CNN_SIZE * len(WIDTHS), classes)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Scores (rows × classes) of padded rows of ids."""
        vectors = self.table(ids).transpose(1, 2)
        found = [torch.relu(each(vectors)).amax(dim=2) for each in self.filters]
        scores: torch.Tensor = self.out(self.dropout(torch.cat(found, dim=1)))
        return scores


class NetworkPeer:
    """A trained network and how it reads a text."""

    def __init__(self, network: nn.Module, reader: Reader, vocabulary: int, epochs: int) -> None:
        self._network, self._reader, self._vocabulary = network.train(False), reader, vocabulary
        self.epochs = epochs
        """After how many epochs it stopped learning."""

    @property
    def size(self) -> int:
        """Bytes of the parameters and of the characters that it knows."""
        return self._vocabulary + sum(p.numel() * p.element_size() for p in self._network.parameters())

    def predict(self, texts: Sequence[str]) -> Columns:
        """The number of the most probable class of each text."""
        return _predict(self._network, [self._reader(text) for text in texts])


def fit_bag(texts: Sequence[str], target: Columns, held: npt.NDArray[np.bool_]) -> NetworkPeer:
    """The fastText-like peer; after the epochs are known it learns anew from all rows, as it is cheap."""
    classes = int(target.max()) + 1
    read = [hashed_grams(text) for text in texts]
    _, epochs = _learn(lambda: BagNetwork(classes), read, target, held, BAG)
    everything = np.zeros(len(texts), dtype=bool)
    network, _ = _learn(lambda: BagNetwork(classes), read, target, everything, BAG, exactly=epochs)
    return NetworkPeer(network, hashed_grams, 0, epochs)


def fit_cnn(texts: Sequence[str], target: Columns, held: npt.NDArray[np.bool_]) -> NetworkPeer:
    """TextCNN at its best epoch on the `held` rows, which it therefore never learns from."""
    counts = Counter(character for text in texts for character in set(text[:LONGEST]))
    known = sorted(character for character, count in counts.items() if count >= LEAST)
    number = {character: place for place, character in enumerate(known, start=UNKNOWN + 1)}

    def read(text: str) -> Columns:
        ids = [number.get(character, UNKNOWN) for character in text[:LONGEST]]
        return np.array(ids + [PADDING] * (max(WIDTHS) - len(ids)), dtype=np.int64)

    classes = int(target.max()) + 1
    read_texts = [read(text) for text in texts]
    network, epochs = _learn(
        lambda: CnnNetwork(len(known) + UNKNOWN + 1, classes), read_texts, target, held, CNN
    )
    return NetworkPeer(network, read, len("".join(known).encode()), epochs)


def hashed_grams(text: str) -> Columns:
    """Rows of the table for the characters and bigrams of the first `LONGEST` characters; never `PADDING`."""
    codes = np.frombuffer(text[:LONGEST].encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    pairs = codes[:-1] * np.uint64(0x9E3779B1) + codes[1:]
    grams = np.concatenate([codes, pairs]) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(33)
    rows = (grams % np.uint64(BUCKETS - 1)).astype(np.int64) + 1
    return rows if len(rows) else np.ones(1, dtype=np.int64)


def _learn(
    build: Callable[[], nn.Module],
    read: Sequence[Columns],
    target: Columns,
    held: npt.NDArray[np.bool_],
    schedule: Schedule,
    exactly: int = 0,
) -> tuple[nn.Module, int]:
    """A network that learned from the rows not `held`, and its epochs: those best on `held`, or `exactly`."""
    random = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    network = build()
    optimizers = _optimizers(network, schedule.rate)
    train, checked = np.flatnonzero(~held), np.flatnonzero(held)
    best, best_epoch, state = -1.0, exactly, network.state_dict()
    for epoch in range(1, (exactly or schedule.epochs) + 1):
        _epoch(network, optimizers, read, target, _batches(read, train, schedule.batch, random))
        if exactly:
            continue
        found = macro_f1(target[checked], _predict(network, [read[int(i)] for i in checked]))
        if found > best:
            best, best_epoch = found, epoch
            state = {name: value.clone() for name, value in network.state_dict().items()}
        elif epoch - best_epoch >= schedule.patience:
            break
    if not exactly:
        network.load_state_dict(state)
    return network, best_epoch


def _optimizers(network: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
    """Adam; its sparse form for the hashed table."""
    sparse = [each.weight for each in network.modules() if isinstance(each, nn.EmbeddingBag)]
    dense = [each for each in network.parameters() if not any(each is other for other in sparse)]
    found: list[torch.optim.Optimizer] = [torch.optim.Adam(dense, lr=rate)]
    return [*found, torch.optim.SparseAdam(sparse, lr=rate)] if sparse else found


def _epoch(
    network: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    read: Sequence[Columns],
    target: Columns,
    batches: Iterator[Columns],
) -> None:
    network.train()
    for chosen in batches:
        loss = nn.functional.cross_entropy(
            network(_padded([read[i] for i in chosen])), torch.from_numpy(target[chosen])
        )
        network.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for optimizer in optimizers:
            optimizer.step()


def _batches(
    read: Sequence[Columns], rows: Columns, size: int, random: np.random.Generator
) -> Iterator[Columns]:
    """Every row once, in chance order; rows of like length together: padding costs time."""
    lengths = np.array([len(read[i]) for i in rows]) * random.uniform(0.9, 1.1, len(rows))
    ordered = rows[np.argsort(lengths, kind="stable")]
    starts = np.arange(0, len(ordered), size)
    for start in random.permutation(starts):
        yield ordered[start : start + size]


def _padded(rows: Sequence[Columns]) -> torch.Tensor:
    ids = np.full((len(rows), max(map(len, rows))), PADDING, dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
    return torch.from_numpy(ids)


def _predict(network: nn.Module, rows: Sequence[Columns], size: int = 64) -> Columns:
    """The best class of each row; rows of like length are read together."""
    network.train(False)
    found = np.zeros(len(rows), dtype=np.int64)
    order = np.argsort([len(row) for row in rows], kind="stable")
    with torch.inference_mode():
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            scores: Any = network(_padded([rows[i] for i in chosen]))
            found[chosen] = scores.argmax(dim=1).numpy()
    return found
