"""Pre-train the small encoder from scratch by filling masked spans; the same script on CPU and GPU.

    zhili train encoder --data DATA --out DIR

Flow: texts → tokenizer → packed blocks → masked spans → steps with checkpoints → encoder directory that
`transformers.AutoModel` opens. The loss on held-out blocks is written beside the loss of a bigram model: an
encoder that does not beat it has learned no context.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from foundation.canonical import to_json
from foundation.progress import Progress, silent
from triage.training.corpus_text import CorpusText
from triage.training.tokenizer import train_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CURVE = "curve.jsonl"
CHECKPOINT = "checkpoint.pt"
HELD_OUT_BLOCKS = 256


@dataclass(frozen=True, slots=True)
class PretrainArguments:
    """Knobs of pre-training; the defaults are what two CPU cores can pay for."""

    layers: int = 4
    hidden: int = 256
    """Width; a multiple of 64, the size of one attention head."""
    intermediate: int = 512
    block: int = 128
    """Tokens a block; rotary positions let the encoder read longer texts later."""
    batch: int = 16
    """Blocks a step; small, because what counts from scratch is the number of steps."""
    steps: int = 6000
    rate: float = 1.5e-3
    """Peak learning rate; warmed up over `warmup` steps, linearly down to a tenth at the end."""
    warmup: int = 200
    weight_decay: float = 0.05
    masked: float = 0.2
    """Share of tokens to be filled in; spans of 1 to 4 tokens."""
    complaint_weight: int = 3
    """One statute in so many is kept: complaints and replies are what is routed."""
    save_every: int = 250
    seconds: float = math.inf
    """Stop (with a checkpoint, schedule kept) after so much time; run again to resume."""
    seed: int = 7


def pretrain(
    blocks: NDArray[np.uint16],
    tokenizer: PreTrainedTokenizerFast,
    out: Path,
    arguments: PretrainArguments,
    progress: Progress = silent,
) -> dict[str, float]:
    """Train on packed `blocks` (rows of token ids) and save the encoder to `out`; resume from its checkpoint.

    Returns the last held-out figures: `loss`, `bigram` (nats a masked token), `step`.
    """
    import torch

    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    held_out, train = blocks[:HELD_OUT_BLOCKS], blocks[HELD_OUT_BLOCKS:]
    model = new_model(arguments, len(tokenizer)).to(device)
    optimizer = _optimizer(model, arguments)
    step = _resume(out, model, optimizer)
    bigram = bigram_loss(train, held_out, len(tokenizer))
    masker = Masker(tokenizer, arguments.masked)
    began = time.monotonic()

    def record() -> dict[str, float]:
        """Measure, write the curve and the checkpoint."""
        loss = held_out_loss(model, masker, held_out, device)
        figures = {"step": float(step), "loss": loss, "bigram": bigram}
        _save(out, model, optimizer, step, figures | {"seconds": time.monotonic() - began})
        return figures

    for batch in _batches(train, arguments, step):
        if step >= arguments.steps or time.monotonic() - began > arguments.seconds:
            break
        for group in optimizer.param_groups:
            group["lr"] = _rate(step, arguments)
        _masked_loss(model, *masker(batch, step), device).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        progress(step, arguments.steps, "预训练")
        if step % arguments.save_every == 0 and step < arguments.steps:
            record()
    figures = record()
    model.model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    (out / "arguments.json").write_text(to_json(asdict(arguments) | {"seconds": None}, indent=1), "utf-8")
    return figures


def prepare(
    texts: Sequence[CorpusText], arguments: PretrainArguments
) -> tuple[NDArray[np.uint16], PreTrainedTokenizerFast]:
    """Shuffle the texts, keep one statute in `complaint_weight`, learn the tokenizer, pack the blocks."""
    random = np.random.default_rng(arguments.seed)
    kept = [
        text.text
        for text in texts
        if text.source != "statute" or random.random() < 1 / arguments.complaint_weight
    ]
    random.shuffle(kept)
    tokenizer = train_tokenizer(kept)
    return pack(iter(kept), tokenizer, arguments.block), tokenizer


def pack(texts: Iterator[str], tokenizer: PreTrainedTokenizerFast, block: int) -> NDArray[np.uint16]:
    """Token ids of all texts, one after the other with [SEP] between, cut into rows that start with [CLS]."""
    sep, cls = tokenizer.sep_token_id, tokenizer.cls_token_id
    pieces: list[NDArray[np.uint16]] = []
    chunk: list[str] = []

    def flush() -> None:
        rows = tokenizer(chunk, add_special_tokens=False)["input_ids"]
        pieces.extend(np.array([*ids, sep], dtype=np.uint16) for ids in rows)
        chunk.clear()

    for text in texts:
        chunk.append(text)
        if len(chunk) == 512:
            flush()
    flush()
    stream = np.concatenate(pieces) if pieces else np.empty(0, np.uint16)
    rows = stream[: len(stream) // (block - 1) * (block - 1)].reshape(-1, block - 1)
    return np.hstack([np.full((len(rows), 1), cls, np.uint16), rows])


class Masker:
    """Chooses spans to hide: of the chosen tokens 80 % become [MASK], 10 % another token, 10 % stay."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, share: float) -> None:
        self.mask = int(tokenizer.mask_token_id)
        self.special = np.array(sorted(tokenizer.all_special_ids))
        self.size = len(tokenizer)
        self.share = share

    def __call__(self, batch: NDArray[np.uint16], seed: int) -> tuple[Any, Any, Any]:
        """Inputs, targets (both batch × block, int64) and where targets count (bool), as tensors."""
        import torch

        random = np.random.default_rng(seed)
        chosen = self._spans(batch.shape, random) & ~np.isin(batch, self.special)
        inputs = batch.astype(np.int64)
        dice = random.random(batch.shape)
        inputs[chosen & (dice < 0.8)] = self.mask
        other = chosen & (dice >= 0.8) & (dice < 0.9)
        inputs[other] = random.integers(len(self.special), self.size, int(other.sum()))
        return torch.from_numpy(inputs), torch.from_numpy(batch.astype(np.int64)), torch.from_numpy(chosen)

    def _spans(self, shape: tuple[int, ...], random: np.random.Generator) -> NDArray[np.bool_]:
        """Spans of length 1–4 (mean 2.2), started at random so that about `share` of all is hidden."""
        lengths = random.choice(4, size=shape, p=[0.35, 0.3, 0.2, 0.15]) + 1
        starts = random.random(shape) < -math.log(1 - self.share) / 2.15
        hidden = np.zeros(shape, dtype=bool)
        for offset in range(4):
            reach = starts & (lengths > offset)
            hidden[:, offset:] |= reach[:, : shape[1] - offset]
        return hidden


def bigram_loss(train: NDArray[np.uint16], held_out: NDArray[np.uint16], size: int) -> float:
    """Nats a token of an interpolated bigram model (left neighbour only): the bar for context."""
    from scipy.sparse import coo_matrix

    left, right = train[:, :-1].ravel(), train[:, 1:].ravel()
    pairs = coo_matrix((np.ones(len(left), np.float32), (left, right)), shape=(size, size)).tocsr()
    unigram = (np.bincount(right, minlength=size) + 1.0) / (len(right) + size)
    totals = np.asarray(pairs.sum(axis=1)).ravel()
    before, after = held_out[:, :-1].ravel(), held_out[:, 1:].ravel()
    counts = np.asarray(pairs[before, after]).ravel()
    # Weight of the bigram grows with how often its left neighbour was seen (Witten–Bell).
    kinds = np.diff(pairs.indptr)[before]
    share = totals[before] / np.maximum(totals[before] + kinds, 1)
    p = share * counts / np.maximum(totals[before], 1) + (1 - share) * unigram[after]
    return float(-np.log(p).mean())


def new_model(arguments: PretrainArguments, vocabulary: int) -> Any:
    """A small pre-norm encoder with rotary positions (`ModernBert`), random weights.

    Pre-norm and rotary positions were chosen because a post-norm BERT of this size had not left the unigram
    plateau after 11 M tokens (docs/experiment_log.md).
    """
    from transformers import ModernBertConfig, ModernBertForMaskedLM

    config = ModernBertConfig(
        vocab_size=vocabulary,
        hidden_size=arguments.hidden,
        intermediate_size=arguments.intermediate,
        num_hidden_layers=arguments.layers,
        num_attention_heads=arguments.hidden // 64,
        layer_types=["full_attention"] * arguments.layers,
        max_position_embeddings=1024,
        pad_token_id=0,
        cls_token_id=2,
        sep_token_id=3,
        bos_token_id=2,
        eos_token_id=3,
    )
    model = ModernBertForMaskedLM(config)
    # On a CPU the fused kernel is a sixth slower at these sizes.
    model.set_attn_implementation("eager")
    return model


def held_out_loss(model: Any, masker: Masker, held_out: NDArray[np.uint16], device: str) -> float:
    """Mean masked loss (nats) on the held-out blocks, always with the same masks."""
    import torch

    model.eval()
    with torch.no_grad():
        losses = [
            float(_masked_loss(model, *masker(held_out[at : at + 64], at), device))
            for at in range(0, len(held_out), 64)
        ]
    model.train()
    return float(np.mean(losses))


def _masked_loss(model: Any, inputs: Any, targets: Any, chosen: Any, device: str) -> Any:
    import torch

    with torch.autocast(device, torch.bfloat16):
        states = model.model(input_ids=inputs.to(device)).last_hidden_state
        # Logits only where a token is hidden: a fifth of the work of the largest matrix.
        logits = model.decoder(model.head(states[chosen.to(device)]))
    return torch.nn.functional.cross_entropy(logits.float(), targets[chosen].to(device))


def _optimizer(model: Any, arguments: PretrainArguments) -> Any:
    import torch

    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": decay, "weight_decay": arguments.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=arguments.rate, betas=(0.9, 0.98), fused=True)


def _rate(step: int, arguments: PretrainArguments) -> float:
    if step < arguments.warmup:
        return arguments.rate * (step + 1) / arguments.warmup
    left = (arguments.steps - step) / max(1, arguments.steps - arguments.warmup)
    return arguments.rate * (0.1 + 0.9 * max(0.0, left))


def _batches(
    train: NDArray[np.uint16], arguments: PretrainArguments, step: int
) -> Iterator[NDArray[np.uint16]]:
    """Endless shuffled batches; starts where step `step` would be, so a resumed run sees the same order."""
    per_epoch = max(1, len(train) // arguments.batch)
    epoch, position = divmod(step, per_epoch)
    while True:
        order = np.random.default_rng(arguments.seed + epoch).permutation(len(train))
        for at in range(position, per_epoch):
            yield train[order[at * arguments.batch : (at + 1) * arguments.batch]]
        epoch, position = epoch + 1, 0


def _save(out: Path, model: Any, optimizer: Any, step: int, figures: dict[str, float]) -> None:
    import torch

    draft = out / (CHECKPOINT + ".draft")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, draft)
    draft.replace(out / CHECKPOINT)
    with (out / CURVE).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(figures) + "\n")


def _resume(out: Path, model: Any, optimizer: Any) -> int:
    import torch

    path = out / CHECKPOINT
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
