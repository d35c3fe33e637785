"""The exported encoder: decides as torch does, needs no torch, refuses what is damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from triage.classifier.encoder import EncoderMember, MessageNetwork, head_sizes
from triage.classifier.member import Labels
from triage.classifier.onnx_member import (
    GRAPH_FILE,
    HEADS_FILE,
    SPEC_FILE,
    TOKENIZER_FILE,
    OnnxMember,
    open_session,
)
from triage.errors import ModelError, TrainingDataError
from triage.training.onnx_export import Agreement, check_agreement, export_onnx
from triage.training.onnx_fused import fits, gated_sizes, smoothed
from triage.training.tokenizer import train_tokenizer

LABELS = Labels(
    level1=("交通运输", "教育文体"),
    pairs=(("交通运输", "建设管理"), ("教育文体", "体育"), ("教育文体", "文化")),
    departments=("jiaojing", "jiaoyu"),
    kinds=("投诉", "咨询"),
    urgencies=("紧急", "一般"),
)
SAID = (
    "路口的红绿灯坏了一个星期没有人来修",
    "学校食堂的饭菜里吃出了虫子",
    "楼上漏水把我家天花板泡坏了",
    "公司拖欠三个月工资一直不发",
    "公交车晚点半个小时还不来",
)
TEXTS = [f"{one}，{other}" * (1 + number) for number, one in enumerate(SAID) for other in SAID] + ["", "停"]


def _member(kinds: list[str]) -> EncoderMember:
    """A tiny network with random weights; `kinds`: attention of each of its two layers."""
    import torch
    from transformers import ModernBertConfig, ModernBertModel

    torch.manual_seed(3)
    tokenizer = train_tokenizer(list(SAID) * 20)
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        layer_types=kinds,
        num_attention_heads=2,
        max_position_embeddings=512,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
    )
    network = MessageNetwork(ModernBertModel(config), head_sizes(LABELS, conventions=True))
    return EncoderMember(network, tokenizer, LABELS)


@pytest.fixture(scope="module", params=["full_attention", "sliding_attention"])
def torch_member(request: pytest.FixtureRequest) -> EncoderMember:
    """The kind that is written node by node, and one that goes through torch's exporter."""
    return _member(["full_attention", request.param])


@pytest.fixture(scope="module")
def folder(torch_member: EncoderMember, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("onnx")
    export_onnx(torch_member, out, TEXTS, least=0.5)
    return out


def test_logits_are_those_of_torch(torch_member: EncoderMember, folder: Path) -> None:
    wanted, found = torch_member.logits(TEXTS), OnnxMember.load(folder, LABELS).logits(TEXTS)
    assert list(found) == list(wanted)
    for head, values in wanted.items():
        np.testing.assert_allclose(found[head], values, atol=0.05)


def test_only_a_graph_of_torchs_exporter_asks_for_a_mask(torch_member: EncoderMember, folder: Path) -> None:
    fused = fits(torch_member.network.encoder.config)
    inputs = {one.name for one in open_session(folder / GRAPH_FILE).get_inputs()}
    assert inputs == ({"ids"} if fused else {"ids", "mask"})
    assert fused == ("sliding_attention" not in torch_member.network.encoder.config.layer_types)


def test_other_networks_are_not_written_node_by_node(torch_member: EncoderMember) -> None:
    config = torch_member.network.encoder.config
    for name, value in (("model_type", "bert"), ("hidden_activation", "relu"), ("mlp_bias", True)):
        other = type(config)(**(config.to_dict() | {"layer_types": ["full_attention"] * 2}))
        assert fits(other)
        setattr(other, name, value)
        assert not fits(other)


def test_smoothing_leaves_the_network_as_it_is() -> None:
    """And makes what is rounded smaller where it was far larger than the rest."""
    import torch

    member = _member(["full_attention", "full_attention"])
    layer = member.network.encoder.layers[1].mlp
    with torch.no_grad():
        layer.Wi.weight[96 + 7] *= 50.0
    before, wanted = gated_sizes(member, TEXTS), member.logits(TEXTS)["department"]
    weights = {name: value.numpy() for name, value in member.network.encoder.state_dict().items()}
    changed = {name: torch.tensor(value) for name, value in smoothed(weights, before).items()}
    member.network.encoder.load_state_dict(changed)
    np.testing.assert_allclose(member.logits(TEXTS)["department"], wanted, atol=1e-4)
    after = gated_sizes(member, TEXTS)
    assert before[1].max() / np.median(before[1]) > 3 * after[1].max() / np.median(after[1])


def test_the_agreement_is_stored(folder: Path) -> None:
    stored = json.loads((folder / SPEC_FILE).read_text("utf-8"))["agreement"]
    assert stored["texts"] == len(TEXTS)
    assert all(0.5 <= share <= 1 for share in stored["decisions"].values())
    assert min(stored["decisions_fp32"].values()) == 1.0
    assert max(stored["difference"].values()) < 0.02
    assert 0 < stored["megabytes"] < 1


def test_an_answer_does_not_depend_on_the_other_texts(folder: Path) -> None:
    member = OnnxMember.load(folder, LABELS)
    together = member.logits(TEXTS)["department"]
    alone = np.vstack([member.logits([text])["department"] for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_any_number_of_cores_gives_the_same_answer(folder: Path) -> None:
    """One window by all cores, several by a core each: rounding is by window, so nothing changes."""
    texts = [*TEXTS, SAID[0] * 60]
    one = OnnxMember.load(folder, LABELS, threads=1).logits(texts)
    many = OnnxMember.load(folder, LABELS, threads=3)
    for head, values in one.items():
        np.testing.assert_allclose(many.logits(texts)[head], values, atol=1e-5)
        np.testing.assert_allclose(many.logits(texts[-1:])[head], values[-1:], atol=1e-5)


def test_a_member_may_be_shared_by_threads(folder: Path) -> None:
    member = OnnxMember.load(folder, LABELS, threads=2)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: member.logits(TEXTS)["kind"], range(8)))
    for each in found[1:]:
        np.testing.assert_allclose(each, found[0], atol=1e-6)


def test_a_long_message_is_read_whole(torch_member: EncoderMember, folder: Path) -> None:
    text = SAID[0] * 60 + SAID[1] * 60
    member = OnnxMember.load(folder, LABELS, threads=1)
    wanted = torch_member.logits([text])["department"]
    np.testing.assert_allclose(member.logits([text])["department"], wanted, atol=0.05)
    assert np.abs(member.logits([text[: len(SAID[0]) * 60]])["department"] - wanted).max() > 1e-4


def test_both_experts_of_level_1_and_the_gate_come_out(torch_member: EncoderMember, folder: Path) -> None:
    assert {"level1-fine", "level1-coarse", "level1-gate"} <= set(torch_member.network.heads)
    found = OnnxMember.load(folder, LABELS).logits(TEXTS)
    assert found["level1.fine"].shape == found["level1.coarse"].shape == (len(TEXTS), 2)
    assert found["level1.gate"].shape == (len(TEXTS), 1)
    assert "level1" not in found


def test_a_graph_that_decides_otherwise_is_refused() -> None:
    good = Agreement(100, {"level1": 0.99, "kind": 0.98}, {}, {}, 1.0)
    check_agreement(good, 0.98)
    with pytest.raises(TrainingDataError, match=r"结论不一致.*kind 97"):
        check_agreement(Agreement(100, {"level1": 0.99, "kind": 0.97}, {}, {}, 1.0), 0.98)


def test_too_few_texts_prove_nothing(torch_member: EncoderMember, tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="文本太少"):
        export_onnx(torch_member, tmp_path, TEXTS[:3])


@pytest.mark.parametrize("name", [GRAPH_FILE, HEADS_FILE, SPEC_FILE, TOKENIZER_FILE])
def test_a_damaged_file_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="编码器无法读取"):
        OnnxMember.load(tmp_path, LABELS)


def test_other_labels_are_refused(folder: Path) -> None:
    other = Labels(LABELS.level1, LABELS.pairs, ("jiaojing",), LABELS.kinds, LABELS.urgencies)
    with pytest.raises(ModelError, match="标签集"):
        OnnxMember.load(folder, other)


def test_saving_copies_the_files(folder: Path, tmp_path: Path) -> None:
    member = OnnxMember.load(folder, LABELS)
    assert member.save(tmp_path)["agreement"]["texts"] == len(TEXTS)
    again = OnnxMember.load(tmp_path, LABELS).logits(TEXTS[:2])
    np.testing.assert_array_equal(again["kind"], member.logits(TEXTS[:2])["kind"])


def test_reading_needs_no_torch(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from triage.classifier.member import Labels\n"
        "from triage.classifier.onnx_member import OnnxMember\n"
        f"labels = Labels(**{asdict(LABELS)!r})\n"
        f"OnnxMember.load(Path({str(folder)!r}), labels).logits(['停水'])\n"
        "print(sorted({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
