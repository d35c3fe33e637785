"""Pre-training and fine-tuning for real, on a tiny encoder and texts written for the purpose."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from triage.classifier.encoder import EncoderMember, batches_by_length, tokenize
from triage.classifier.member import Labels
from triage.errors import TrainingDataError
from triage.training.data import TrainingRow
from triage.training.finetune import FinetuneArguments, encode_targets, finetune
from triage.training.pretrain import CURVE, Masker, PretrainArguments, bigram_loss, pack, pretrain
from triage.training.tokenizer import train_tokenizer

TEXTS = [
    "路口的红绿灯坏了一个星期没有人来修",
    "学校食堂的饭菜里吃出了虫子",
    "楼上漏水把我家天花板泡坏了",
    "公司拖欠三个月工资一直不发",
] * 30
TINY = PretrainArguments(
    layers=1,
    hidden=64,
    intermediate=64,
    block=16,
    batch=4,
    steps=6,
    warmup=2,
    save_every=3,
    complaint_weight=1,
)
LABELS = Labels(
    level1=("交通运输", "教育文体"),
    pairs=(("交通运输", "建设管理"), ("教育文体", "体育"), ("教育文体", "文化")),
    departments=("jiaojing", "jiaoyu"),
    kinds=("投诉", "咨询"),
    urgencies=("紧急", "一般"),
)
ROWS = [
    TrainingRow("1", TEXTS[0], "plain", "1", "交通运输", "建设管理", "jiaojing", (), "投诉", "一般"),
    TrainingRow("2", TEXTS[1], "plain", "2", "教育文体", "文化", "jiaoyu", (), "咨询", None),
    TrainingRow("3", TEXTS[2], "plain", "3", "教育文体", None, None, (), None, None),
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny pre-trained encoder."""
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = train_tokenizer(TEXTS)
    pretrain(pack(iter(TEXTS * 40), tokenizer, TINY.block), tokenizer, folder, TINY)
    return folder


def test_pretraining_resumes_where_it_stopped(encoder: Path, tmp_path: Path) -> None:
    tokenizer = train_tokenizer(TEXTS)
    blocks = pack(iter(TEXTS * 40), tokenizer, TINY.block)
    first = pretrain(blocks, tokenizer, tmp_path, PretrainArguments(**{**_fields(TINY), "steps": 3}))
    second = pretrain(blocks, tokenizer, tmp_path, TINY)
    assert (first["step"], second["step"]) == (3, 6)
    steps = [json.loads(line)["step"] for line in (tmp_path / CURVE).read_text("utf-8").splitlines()]
    assert steps == [3, 6]
    assert second["bigram"] > 0


def test_about_the_asked_share_is_masked_and_never_a_special_token() -> None:
    tokenizer = train_tokenizer(TEXTS)
    blocks = pack(iter(TEXTS * 40), tokenizer, 64)
    inputs, targets, chosen = Masker(tokenizer, 0.2)(blocks, seed=1)
    assert 0.15 < float(chosen.float().mean()) < 0.25
    assert not np.isin(targets[chosen].numpy(), tokenizer.all_special_ids).any()
    assert bool((inputs == targets)[~chosen].all())


def test_a_bigram_model_knows_a_text_that_repeats() -> None:
    tokenizer = train_tokenizer(TEXTS)
    blocks = pack(iter(TEXTS * 40), tokenizer, 64)
    shuffled = np.random.default_rng(0).permuted(blocks, axis=1)
    assert bigram_loss(blocks[8:], blocks[:8], len(tokenizer)) < bigram_loss(
        shuffled[8:], shuffled[:8], len(tokenizer)
    )


def test_fine_tuning_learns_and_survives_saving(encoder: Path, tmp_path: Path) -> None:
    arguments = FinetuneArguments(epochs=60, rate=3e-3, dropout=0.0, bf16=False)
    member = finetune(ROWS, LABELS, str(encoder), arguments)
    logits = member.logits([row.text for row in ROWS])
    assert logits["level1.fine"][:2].argmax(1).tolist() == [0, 1]
    assert logits["level1.coarse"][2].argmax() == 1
    assert logits["department"][:2].argmax(1).tolist() == [0, 1]
    member.save(tmp_path)
    again = EncoderMember.load(tmp_path, LABELS).logits([row.text for row in ROWS])
    for head, values in logits.items():
        np.testing.assert_allclose(again[head], values, atol=0.05)


def test_order_and_length_do_not_change_an_answer(encoder: Path) -> None:
    member = finetune(ROWS, LABELS, str(encoder), FinetuneArguments(epochs=1, bf16=False))
    texts = ["短", "长" * 1200, TEXTS[0], ""]
    together = member.logits(texts)["department"]
    alone = np.vstack([member.logits([text])["department"] for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert np.isfinite(together).all()


def test_a_long_message_is_read_whole(encoder: Path) -> None:
    member = finetune(ROWS, LABELS, str(encoder), FinetuneArguments(epochs=1, bf16=False))
    windows = tokenize(member.tokenizer, ["路" * 1000])[0]
    assert sum(len(window) - 2 for window in windows) == 1000


def test_missing_labels_are_no_targets() -> None:
    targets = encode_targets(ROWS, LABELS)
    assert targets["department"].tolist() == [0, 1, -100]
    assert targets["level2"].tolist() == [0, 2, -100]
    assert targets["urgency"].tolist() == [1, -100, -100]


def test_batches_hold_every_message_once() -> None:
    lengths = [5, 90, 3, 40, 40, 200]
    batches = list(batches_by_length(lengths, tokens=100))
    assert sorted(position for batch in batches for position in batch) == list(range(6))
    assert all(len(batch) * max(lengths[p] for p in batch) <= 100 or len(batch) == 1 for batch in batches)


def test_an_encoder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="无法载入编码器"):
        finetune(ROWS, LABELS, str(tmp_path / "none"))


def _fields(arguments: PretrainArguments) -> dict[str, object]:
    return {name: getattr(arguments, name) for name in PretrainArguments.__dataclass_fields__}
