"""Fine-tune any Hugging Face encoder into a member of the router.

    zhili train router --encoder NAME_OR_DIR --data FILE… --out DIR

Sets label different things (one level 1 only, another everything): each head's loss counts only the rows that
carry its label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foundation.progress import Progress, silent
from triage.classifier.encoder import (
    EncoderMember,
    MessageNetwork,
    batches_by_length,
    collate,
    head_sizes,
    tokenize,
)
from triage.classifier.member import Head, Labels
from triage.errors import TrainingDataError
from triage.training.data import TrainingRow

IGNORED = -100
"""Target of a head whose label a row does not carry."""


@dataclass(frozen=True, slots=True)
class FinetuneArguments:
    """Knobs of fine-tuning; the defaults suit a small encoder on two CPU cores."""

    epochs: int = 6
    batch_tokens: int = 6144
    """Tokens a step; messages of like length go together."""
    rate: float = 4e-4
    """Peak learning rate of the encoder (a large published encoder wants 2e-5); heads go thrice as fast."""
    warmup: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.05
    most_windows: int = 6
    """Windows of a message that are trained on (reading later is not limited)."""
    bf16: bool = True
    seed: int = 7


def finetune(
    rows: Sequence[TrainingRow],
    labels: Labels,
    encoder: str,
    arguments: FinetuneArguments | None = None,
    progress: Progress = silent,
) -> EncoderMember:
    """Train on all `rows` and give back the member; `encoder` is a hub name or a folder.

    Raises `TrainingDataError` where the encoder cannot be loaded.
    """
    import torch

    arguments = arguments or FinetuneArguments()
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer, base = _load(encoder)
    network = MessageNetwork(base, head_sizes(labels), arguments.dropout).to(device).train()
    windows = [one[: arguments.most_windows] for one in tokenize(tokenizer, [row.text for row in rows])]
    targets = encode_targets(rows, labels)
    weights = torch.tensor([row.weight for row in rows])
    plan = _plan(windows, arguments)
    optimizer = _optimizer(network, arguments)
    inside = torch.from_numpy(level2_of_level1(labels)).to(device)
    for step, chosen in enumerate(plan):
        _set_rate(optimizer, step / len(plan), arguments)
        ids, mask, owner, count = collate([windows[i] for i in chosen], tokenizer.pad_token_id)
        with torch.autocast(device, torch.bfloat16, enabled=arguments.bf16):
            output = network(ids.to(device), mask.to(device), owner.to(device), count)
        picked = {head: torch.from_numpy(values[chosen]).to(device) for head, values in targets.items()}
        loss = _loss(output, picked, weights[chosen].to(device), inside, arguments.smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        progress(step + 1, len(plan), "微调")
    return EncoderMember(network.cpu(), tokenizer, labels)


def encode_targets(
    rows: Sequence[TrainingRow], labels: Labels
) -> dict[Head, np.ndarray[Any, np.dtype[np.int64]]]:
    """Label numbers by head (`IGNORED` where a row does not carry that label), each (rows,) int64."""
    pairs = {pair: number for number, pair in enumerate(labels.pairs)}

    def numbers(names: Sequence[str], values: Sequence[str | None]) -> np.ndarray[Any, np.dtype[np.int64]]:
        index = {name: number for number, name in enumerate(names)}
        return np.array([IGNORED if value is None else index[value] for value in values], np.int64)

    level2 = [IGNORED if not (r.level1 and r.level2) else pairs[(r.level1, r.level2)] for r in rows]
    return {
        "level1": numbers(labels.level1, [row.level1 for row in rows]),
        "level2": np.array(level2, np.int64),
        "department": numbers(labels.departments, [row.dept for row in rows]),
        "kind": numbers(labels.kinds, [row.kind for row in rows]),
        "urgency": numbers(labels.urgencies, [row.urgency for row in rows]),
    }


def level2_of_level1(labels: Labels) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """pairs × pairs: whether two pairs share their level 1 (level 2 is a softmax inside it)."""
    first = np.array([level1 for level1, _ in labels.pairs])
    return np.asarray(first[:, None] == first[None, :])


def _load(encoder: str) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(encoder), AutoModel.from_pretrained(encoder)
    except (OSError, ValueError) as error:
        raise TrainingDataError(
            f"无法载入编码器 {encoder}",
            expected="Hugging Face 模型名（需联网或已缓存）或本地目录",
            found=str(error).splitlines()[0][:200],
            remedy="检查名称或路径；离线时先用 zhili train encoder 训练一个",
        ) from error


def _plan(windows: Sequence[Any], arguments: FinetuneArguments) -> list[list[int]]:
    """The messages of each step, over all epochs: batches of like length in random order."""
    random = np.random.default_rng(arguments.seed)
    plan: list[list[int]] = []
    for _ in range(arguments.epochs):
        # A little noise on the lengths mixes the batches anew in each epoch.
        lengths = [int(sum(map(len, one)) * random.uniform(0.85, 1.15)) for one in windows]
        batches = list(batches_by_length(lengths, arguments.batch_tokens))
        random.shuffle(batches)
        plan += batches
    return plan


def _loss(output: Any, targets: dict[Head, Any], weights: Any, inside: Any, smoothing: float) -> Any:
    """Sum over heads of the weighted mean cross-entropy of the rows that carry the label."""
    import torch

    total = torch.zeros((), device=weights.device)
    for head, target in targets.items():
        known = target != IGNORED
        if not bool(known.any()):
            continue
        logits, wanted = output[head][known].float(), target[known]
        if head == "level2":
            logits = logits.masked_fill(~inside[wanted], -1e4)
        smooth = 0.0 if head == "level2" else smoothing
        losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none", label_smoothing=smooth)
        weight = weights[known]
        total = total + (losses * weight).sum() / weights.sum()
    return total


def _optimizer(network: MessageNetwork, arguments: FinetuneArguments) -> Any:
    import torch

    groups = [
        {"params": list(network.encoder.parameters()), "factor": 1.0},
        {"params": list(network.heads.parameters()), "factor": 3.0},
    ]
    return torch.optim.AdamW(groups, lr=arguments.rate, weight_decay=arguments.weight_decay, fused=True)


def _set_rate(optimizer: Any, done: float, arguments: FinetuneArguments) -> None:
    """Linear warm-up, then a cosine down to nothing."""
    share = done / arguments.warmup if done < arguments.warmup else 0.5 * (1 + math.cos(math.pi * done))
    for group in optimizer.param_groups:
        group["lr"] = arguments.rate * group["factor"] * share
