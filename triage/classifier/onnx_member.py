"""The encoder as it ships: an ONNX graph with 8-bit weights, read by ONNX Runtime. No torch, no transformers.

Files: `model.onnx` (one window of token ids → sum and maximum of its token vectors), `tokenizer.json`,
`heads.safetensors` (one linear layer a head, applied here), `onnx.json` (special tokens, what was measured of
the agreement with torch). `triage.training.onnx_export` writes them.

Windows are read one at a time. The 8-bit activations take their scale from the whole input, so in a batch a
message's answer would depend on its neighbours; alone it depends on nothing but the message. A single window
is read by all cores together; of several, each core reads its own (a session of one thread, made when first
needed), which keeps the cores busier than sharing every small step between them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from triage.classifier.conventions import GATE
from triage.classifier.heads import head_sizes, module_name, named_heads
from triage.classifier.member import Labels
from triage.classifier.windows import cut_windows
from triage.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GRAPH_FILE = "model.onnx"
HEADS_FILE = "heads.safetensors"
SPEC_FILE = "onnx.json"
TOKENIZER_FILE = "tokenizer.json"
NAME = "encoder"
_Read = tuple[NDArray[np.float32], NDArray[np.float32]]
MOST_THREADS = 4
"""More threads than this gain nothing on windows of 256 tokens."""
SLOWER = ["SkipLayerNormFusion"]
"""Rewritings of the graph that cost time: addition and norm in one step take five times as long as in two."""


@dataclass(frozen=True, slots=True)
class OnnxSpec:
    """What the graph was made with."""

    first: int
    """Token id of [CLS]."""
    last: int
    """Token id of [SEP]."""
    width: int
    """Width of a token vector."""
    agreement: Mapping[str, Any]
    """Agreement of decisions with torch, as the export measured it."""


class OnnxMember:
    """A fine-tuned encoder, exported; satisfies `triage.classifier.member.Member`."""

    name = NAME

    def __init__(
        self,
        session: InferenceSession,
        tokenizer: Tokenizer,
        heads: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]],
        spec: OnnxSpec,
        folder: Path,
        *,
        threads: int = 1,
    ) -> None:
        """`threads`: how many cores may read; from two on, `folder` must hold the graph of the session."""
        self.spec = spec
        self._threads = threads
        self._session = session
        # A graph of torch's exporter asks for a mask; one window at a time never hides anything.
        self._masked = any(one.name == "mask" for one in session.get_inputs())
        self._tokenizer = tokenizer
        self._heads = heads
        self._folder = folder

    def logits(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Logits by head, (texts × labels); a text's answer does not depend on the other texts."""
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        messages = [cut_windows(tokens.ids, self.spec.first, self.spec.last) for tokens in encoded]
        read = iter(self._read([window for windows in messages for window in windows]))
        vectors = np.zeros((len(texts), 2 * self.spec.width), np.float32)
        for row, windows in enumerate(messages):
            vectors[row] = _pooled(windows, [next(read) for _ in windows])
        return named_heads({head: vectors @ weight.T + bias for head, (weight, bias) in self._heads.items()})

    def save(self, folder: Path) -> dict[str, Any]:
        """Copy the files; returns what the manifest should say of them."""
        for name in (GRAPH_FILE, HEADS_FILE, SPEC_FILE, TOKENIZER_FILE):
            shutil.copyfile(self._folder / name, folder / name)
        return {"runtime": "onnx", "agreement": dict(self.spec.agreement)}

    @classmethod
    def load(cls, folder: Path, labels: Labels, threads: int | None = None) -> OnnxMember:
        """Open what the export wrote; `threads`: cores to use (default: those at hand, ≤ 4).

        Raises `ModelError` where a file is damaged or does not fit the labels.
        """
        from tokenizers import Tokenizer

        try:
            spec = OnnxSpec(**json.loads((folder / SPEC_FILE).read_text("utf-8")))
            heads = read_heads(load_file(folder / HEADS_FILE), labels, 2 * spec.width)
            threads = threads or at_hand()
            session = open_session(folder / GRAPH_FILE, threads)
            # The library raises a plain Exception for a damaged file: read it as JSON first.
            written = (folder / TOKENIZER_FILE).read_text("utf-8")
            json.loads(written)
            return cls(session, Tokenizer.from_str(written), heads, spec, folder, threads=threads)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(
                f"{folder} 中的编码器无法读取",
                expected=f"完整且与标签集相符的 {GRAPH_FILE}、{HEADS_FILE}、{SPEC_FILE}、{TOKENIZER_FILE}",
                found=f"{type(error).__name__}：{str(error).splitlines()[0][:120] if str(error) else ''}",
                remedy="重新训练或重新下载模型",
            ) from error

    def _read(self, windows: Sequence[Sequence[int]]) -> list[_Read]:
        """Sum and maximum of the token vectors of each window."""
        if len(windows) == 1 or self._threads == 1:
            return [self._run(self._session, window) for window in windows]
        narrow, cores = self._cores
        return list(cores.map(lambda window: self._run(narrow, window), windows))

    def _run(self, session: InferenceSession, window: Sequence[int]) -> _Read:
        ids = np.array([window], np.int64)
        given = {"ids": ids, "mask": np.ones_like(ids)} if self._masked else {"ids": ids}
        added, above = session.run(None, given)
        return added[0], above[0]

    @cached_property
    def _cores(self) -> tuple[InferenceSession, ThreadPoolExecutor]:
        """A session of one thread, and as many threads to run it as there are cores."""
        return open_session(self._folder / GRAPH_FILE, 1), ThreadPoolExecutor(self._threads, "encoder")


def _pooled(windows: Sequence[Sequence[int]], read: Sequence[_Read]) -> NDArray[np.float32]:
    """Mean and maximum over all tokens of a message's windows."""
    total = np.sum([added for added, _ in read], axis=0)
    highest = np.max([above for _, above in read], axis=0)
    return np.concatenate([total / sum(map(len, windows)), highest]).astype(np.float32)


def at_hand() -> int:
    """Cores that this process may use, at most `MOST_THREADS`."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(count, MOST_THREADS))


def open_session(graph: Path, threads: int | None = None) -> InferenceSession:
    """The graph, ready to run; `ValueError` where it cannot be read."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or at_hand()
    options.inter_op_num_threads = 1
    # Idle threads sleep: a laptop's other programs need the cores between two messages.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
        )
    except _graph_errors() as error:
        raise ValueError(str(error).splitlines()[0]) from error


def _graph_errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises for a graph that it cannot read; the classes share no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile)


def read_heads(
    tensors: Mapping[str, NDArray[Any]], labels: Labels, width: int
) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Weight and bias of each head; `ValueError` where one is missing or does not fit its labels."""
    conventions = any(name.startswith(module_name(GATE)) for name in tensors)
    heads: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
    for head, size in head_sizes(labels, conventions=conventions).items():
        weight, bias = (tensors[f"{head}.{part}"].astype(np.float32) for part in ("weight", "bias"))
        if weight.shape != (size, width) or bias.shape != (size,):
            raise ValueError(f"{head}: {weight.shape}, {size} labels")
        heads[head] = (weight, bias)
    return heads
