"""Fine-tune any Hugging Face encoder into a member of the router.

    zhili train router --encoder NAME_OR_DIR --data FILE… --out DIR

Sets label different things (one level 1 only, another everything): each head's loss counts only the rows that
carry its label. `triage.training.stages` calls it twice: on the many rows first, then on the few that carry
every label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from foundation.progress import Progress, silent
from triage.classifier.conventions import COARSE, FINE, GATE
from triage.classifier.encoder import (
    EncoderMember,
    MessageNetwork,
    batches_by_length,
    collate,
    head_sizes,
    module_name,
    tokenize,
)
from triage.classifier.member import Labels
from triage.errors import TrainingDataError
from triage.training.arguments import FinetuneArguments
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow
from triage.training.pseudo import OWN_WORDS

IGNORED = -100
"""Target of a head whose label a row does not carry."""


def finetune(
    rows: Sequence[TrainingRow],
    labels: Labels,
    encoder: str | EncoderMember,
    arguments: FinetuneArguments | None = None,
    progress: Progress = silent,
) -> EncoderMember:
    """Train on all `rows` and give back the member.

    `encoder` is a hub name or a folder, or a member to go on from (it is left as it was). Raises
    `TrainingDataError` where the encoder cannot be loaded.
    """
    import torch

    arguments = arguments or FinetuneArguments()
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer, network = _start(encoder, rows, labels, arguments)
    network = network.to(device).train()
    windows = [one[: arguments.most_windows] for one in tokenize(tokenizer, [row.text for row in rows])]
    targets = encode_targets(rows, labels, conventions=module_name(GATE) in network.heads)
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
    rows: Sequence[TrainingRow], labels: Labels, *, conventions: bool = False
) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """Label numbers by head of the network (`IGNORED` where a row lacks that label), each (rows,)."""
    pairs = {pair: number for number, pair in enumerate(labels.pairs)}

    def numbers(names: Sequence[str], values: Sequence[str | None]) -> np.ndarray[Any, np.dtype[np.int64]]:
        index = {name: number for number, name in enumerate(names)}
        return np.array([IGNORED if value is None else index[value] for value in values], np.int64)

    level1 = numbers(labels.level1, [row.level1 for row in rows])
    level2 = [IGNORED if not (r.level1 and r.level2) else pairs[(r.level1, r.level2)] for r in rows]
    return {
        **(_conventions(rows, level1) if conventions else {"level1": level1}),
        "level2": np.array(level2, np.int64),
        "department": numbers(labels.departments, [row.dept for row in rows]),
        "kind": numbers(labels.kinds, [row.kind for row in rows]),
        "urgency": numbers(labels.urgencies, [row.urgency for row in rows]),
    }


def _conventions(rows: Sequence[TrainingRow], level1: Any) -> dict[str, Any]:
    """Targets of the two experts of level 1 and of the gate (1: a real message of the coarse convention)."""
    coarse = np.array([is_coarse(row) for row in rows])
    own = np.array([row.source in OWN_WORDS for row in rows])
    return {
        module_name(FINE): np.where(coarse, IGNORED, level1),
        module_name(COARSE): np.where(coarse, level1, IGNORED),
        module_name(GATE): np.where(own, IGNORED, coarse.astype(np.int64)),
    }


def level2_of_level1(labels: Labels) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """pairs × pairs: whether two pairs share their level 1 (level 2 is a softmax inside it)."""
    first = np.array([level1 for level1, _ in labels.pairs])
    return np.asarray(first[:, None] == first[None, :])


def _start(
    encoder: str | EncoderMember, rows: Sequence[TrainingRow], labels: Labels, arguments: FinetuneArguments
) -> tuple[Any, MessageNetwork]:
    """The tokenizer and the network to train: a copy of a member's, or new heads on a published encoder."""
    if not isinstance(encoder, str):
        return encoder.tokenizer, deepcopy(encoder.network)
    tokenizer, base = _load(encoder)
    both = any(map(is_coarse, rows)) and any(row.level2 is not None for row in rows)
    return tokenizer, MessageNetwork(base, head_sizes(labels, conventions=both), arguments.dropout)


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
        batches = list(batches_by_length(lengths, arguments.batch_tokens, arguments.batch_rows))
        random.shuffle(batches)
        plan += batches
    return plan


def _loss(output: Any, targets: dict[str, Any], weights: Any, inside: Any, smoothing: float) -> Any:
    """Sum over heads of the weighted mean cross-entropy of the rows that carry the label."""
    import torch

    total = torch.zeros((), device=weights.device)
    for head, target in targets.items():
        known = target != IGNORED
        if not bool(known.any()):
            continue
        logits, wanted = output[head][known].float(), target[known]
        weight = weights[known]
        if head == module_name(GATE):
            losses = torch.nn.functional.binary_cross_entropy_with_logits(
                logits[:, 0], wanted.float(), reduction="none"
            )
            total = total + (losses * weight).sum() / weights.sum()
            continue
        if head == "level2":
            logits = logits.masked_fill(~inside[wanted], -1e4)
        smooth = 0.0 if head == "level2" else smoothing
        losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none", label_smoothing=smooth)
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
