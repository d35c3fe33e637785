"""Write a fine-tuned encoder as an ONNX graph with 8-bit weights, and measure that it decides as torch does.

An encoder of the kind that `zhili train encoder` makes is written by `triage.training.onnx_fused`; any other
goes through torch's exporter. There, what is rounded how was measured (docs/experiment_log.md):
- products with a weight: 8-bit weights a column, activations rounded at run time;
- the second product of a feed-forward layer (it narrows; its input has outliers): 8-bit weights in blocks of
  32, activations rounded row by row;
- the table of token vectors: half precision (8 bits a table cost 1–2 % of the decisions).
"""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor, nn

from triage.classifier.encoder import EncoderMember
from triage.classifier.member import Logits
from triage.classifier.onnx_member import (
    GRAPH_FILE,
    HEADS_FILE,
    SPEC_FILE,
    TOKENIZER_FILE,
    OnnxMember,
    OnnxSpec,
    open_session,
    read_heads,
)
from triage.errors import TrainingDataError
from triage.training.onnx_fused import fits, write_fused

LEAST_AGREEMENT = 0.98
"""Share of equal decisions, by head, below which nothing is exported."""
FEWEST = 20
"""Fewer texts than this prove no agreement."""
BLOCK = 32


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the exported encoder decides as torch does, by head."""

    texts: int
    decisions: Mapping[str, float]
    """Share of texts with the same first label: 8-bit graph against torch in 32 bits."""
    difference: Mapping[str, float]
    """Largest difference of a probability (softmax, temperature 1)."""
    decisions_fp32: Mapping[str, float]
    """The same of the graph before rounding."""
    megabytes: float
    """Size of the graph."""


class _Windows(nn.Module):
    """One padded batch of windows → sum and maximum of the token vectors of each."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        return (states * weight).sum(1), states.masked_fill(weight == 0, -1e4).amax(1)


def export_onnx(
    member: EncoderMember, folder: Path, texts: Sequence[str], *, least: float = LEAST_AGREEMENT
) -> Agreement:
    """Write the member into `folder` for `OnnxMember`, and compare both on `texts` (some hundred messages).

    Raises `TrainingDataError` where they agree on fewer than `least` of the decisions of a head.
    """
    if len(texts) < FEWEST:
        raise TrainingDataError(
            "核对导出模型的文本太少", expected=f"至少 {FEWEST} 条", found=str(len(texts)), remedy="补充数据"
        )
    save_file(
        {name: value.float().numpy() for name, value in member.network.heads.state_dict().items()},
        folder / HEADS_FILE,
    )
    member.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    with tempfile.TemporaryDirectory() as draft, _quiet():
        plain = Path(draft) / GRAPH_FILE
        _write_both(member, plain, folder / GRAPH_FILE, texts)
        before = _read_with(member, plain, folder, texts)
    wanted = member.logits(texts)
    after = _read_with(member, folder / GRAPH_FILE, folder, texts)
    agreement = Agreement(
        len(texts),
        _same(wanted, after),
        {head: round(float(np.abs(_soft(wanted[head]) - _soft(after[head])).max()), 4) for head in wanted},
        _same(wanted, before),
        round((folder / GRAPH_FILE).stat().st_size / 1e6, 2),
    )
    _write_spec(member, folder, agreement)
    check_agreement(agreement, least)
    return agreement


def _write_both(member: EncoderMember, plain: Path, rounded: Path, texts: Sequence[str]) -> None:
    """The graph in 32 bits and the one that ships."""
    if fits(member.network.encoder.config):
        write_fused(member, plain, rounded=False)
        write_fused(member, rounded, texts=texts, rounded=True)
    else:
        _write_graph(member, plain)
        _round(plain, rounded)


def _write_graph(member: EncoderMember, path: Path) -> None:
    import torch

    encoder = member.network.encoder
    before = encoder.config._attn_implementation
    # The fused attention of torch has no counterpart with a dynamic length.
    encoder.set_attn_implementation("eager")
    ids = torch.ones((2, 24), dtype=torch.long)
    mask = torch.ones_like(ids)
    mask[1, 12:] = 0
    windows, tokens = torch.export.Dim("windows", min=1, max=4096), torch.export.Dim("tokens", min=2, max=256)
    shapes = ({0: windows, 1: tokens}, {0: windows, 1: tokens})
    try:
        program = torch.onnx.export(
            _Windows(encoder).eval(),
            (ids, mask),
            dynamo=True,
            dynamic_shapes=shapes,
            input_names=["ids", "mask"],
            output_names=["total", "highest"],
            opset_version=20,
            verbose=False,
        )
    finally:
        encoder.set_attn_implementation(before)
    if program is None:
        raise TrainingDataError("编码器无法导出为 ONNX", found="torch.onnx.export 没有给出结果")
    program.save(str(path))


def _round(plain: Path, out: Path) -> None:
    """8-bit weights, half-precision table."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    wide = _widening_products(onnx.load(plain).graph)
    draft = plain.with_name("rounded.onnx")
    quantize_dynamic(
        plain,
        draft,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        nodes_to_quantize=wide,
    )
    blocks = MatMulNBitsQuantizer(
        onnx.load(draft), bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=4
    )
    blocks.process()
    model = blocks.model.model
    # The types of inner values no longer hold; the runtime infers them.
    del model.graph.value_info[:]
    _halve_table(model.graph)
    onnx.save(model, out)


def _widening_products(graph: Any) -> list[str]:
    """The products with a weight that does not narrow: all but the second of a feed-forward layer."""
    shapes = {one.name: tuple(one.dims) for one in graph.initializer}
    return [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and (found := shapes.get(node.input[1])) and found[0] <= found[1]
    ]


def _halve_table(graph: Any) -> None:
    """The largest table of token vectors in half precision, widened after the look-up."""
    from onnx import TensorProto, helper, numpy_helper

    tables = {one.name: one for one in graph.initializer if one.data_type == TensorProto.FLOAT}
    looked_up = [n for n in graph.node if n.op_type == "Gather" and n.input[0] in tables]
    if not looked_up:
        return
    node = max(looked_up, key=lambda one: int(np.prod(tables[one.input[0]].dims)))
    table = tables[node.input[0]]
    half = numpy_helper.to_array(table).astype(np.float16)
    table.CopyFrom(numpy_helper.from_array(half, table.name))
    name = node.output[0]
    node.output[0] = f"{name}.half"
    place = list(graph.node).index(node) + 1
    graph.node.insert(place, helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))


def _read_with(member: EncoderMember, graph: Path, folder: Path, texts: Sequence[str]) -> dict[str, Logits]:
    """Logits of the graph at `graph` with the tokenizer and heads of `folder`."""
    spec = _spec(member, {})
    heads = read_heads(_tensors(folder / HEADS_FILE), member.labels, 2 * spec.width)
    return OnnxMember(open_session(graph), member.tokenizer.backend_tokenizer, heads, spec, folder).logits(
        texts
    )


def _tensors(path: Path) -> dict[str, NDArray[Any]]:
    from safetensors.numpy import load_file

    return load_file(path)


def _spec(member: EncoderMember, agreement: Mapping[str, Any]) -> OnnxSpec:
    tokenizer = member.tokenizer
    width = member.network.encoder.config.hidden_size
    return OnnxSpec(int(tokenizer.cls_token_id), int(tokenizer.sep_token_id), int(width), agreement)


def _write_spec(member: EncoderMember, folder: Path, agreement: Agreement) -> None:
    written = asdict(_spec(member, asdict(agreement)))
    (folder / SPEC_FILE).write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")


def check_agreement(agreement: Agreement, least: float) -> None:
    """Raise `TrainingDataError` where one head decides otherwise too often."""
    low = {head: share for head, share in agreement.decisions.items() if share < least}
    if low:
        raise TrainingDataError(
            "导出的模型与训练所得的模型结论不一致，不予采用",
            expected=f"各项首选至少 {least:.0%} 相同",
            found="、".join(f"{head} {share:.1%}" for head, share in low.items()),
            remedy="核对 onnx、onnxruntime 的版本，或以 torch 成员发布",
        )


def _same(one: Mapping[str, Logits], other: Mapping[str, Logits]) -> dict[str, float]:
    return {head: round(float((one[head].argmax(1) == other[head].argmax(1)).mean()), 4) for head in one}


def _soft(logits: Logits) -> NDArray[np.float64]:
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float64))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter and the rounding talk of every node."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
