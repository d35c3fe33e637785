"""A transformer as a member of the router: reads a message whole, one linear layer a head.

Long messages (p95 1,350 characters) are cut into windows, every window is read, and the token vectors of all
windows are pooled (mean and maximum) into one vector. Any Hugging Face encoder fits in, by name or folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from triage.classifier.conventions import GATE
from triage.classifier.heads import head_sizes as head_sizes
from triage.classifier.heads import module_name as module_name
from triage.classifier.heads import named_heads
from triage.classifier.member import Labels
from triage.classifier.windows import WINDOW, cut_windows
from triage.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

BATCH_TOKENS = 8192
HEADS_FILE = "heads.safetensors"
NAME = "encoder"


class MessageNetwork(nn.Module):
    """Encoder, pooling over all windows of a message, heads."""

    def __init__(self, encoder: Any, sizes: dict[str, int], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        width = 2 * encoder.config.hidden_size
        self.heads = nn.ModuleDict({head: nn.Linear(width, size) for head, size in sizes.items()})

    def forward(self, ids: Tensor, mask: Tensor, owner: Tensor, messages: int) -> dict[str, Tensor]:
        """Logits by head, each (messages × labels).

        `ids`, `mask`: windows × tokens; `owner[w]`: the message (0 … messages-1) of window w.
        """
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        vector = self.dropout(pool(states, mask, owner, messages))
        return {head: layer(vector) for head, layer in self.heads.items()}


def pool(states: Tensor, mask: Tensor, owner: Tensor, messages: int) -> Tensor:
    """Mean and maximum over all tokens of each message: (messages × 2·width)."""
    import torch

    weight = mask.unsqueeze(-1).float()
    width = states.shape[-1]
    total = torch.zeros(messages, width, device=states.device)
    total = total.index_add(0, owner, (states * weight).sum(1))
    count = torch.zeros(messages, 1, device=states.device).index_add(0, owner, weight.sum(1))
    highest = states.masked_fill(weight == 0, -1e4).amax(1)
    top = torch.full((messages, width), -1e4, device=states.device)
    top = top.scatter_reduce(0, owner.unsqueeze(-1).expand(-1, width), highest, "amax")
    return torch.cat([total / count.clamp(min=1), top], dim=-1)


class EncoderMember:
    """A fine-tuned network with its tokenizer; satisfies `triage.classifier.member.Member`."""

    name = NAME

    def __init__(self, network: MessageNetwork, tokenizer: PreTrainedTokenizerBase, labels: Labels) -> None:
        self.network = network.eval()
        self.tokenizer = tokenizer
        self.labels = labels

    def logits(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Logits by head, (texts × labels), in the order of the texts."""
        import torch

        windows = tokenize(self.tokenizer, texts)
        sizes = {head: int(str(layer.out_features)) for head, layer in self.network.heads.items()}
        result = {head: np.zeros((len(texts), size), np.float32) for head, size in sizes.items()}
        with torch.inference_mode():
            for chosen in batches_by_length([sum(map(len, one)) for one in windows]):
                output = self.network(*collate([windows[i] for i in chosen], self.tokenizer.pad_token_id))
                for head, values in output.items():
                    result[head][chosen] = values.numpy()
        return named_heads(result)

    def save(self, folder: Path) -> dict[str, Any]:
        """Write weights and tokenizer, the heads last; returns what the manifest should say of them."""
        from safetensors.torch import save_file

        self.network.encoder.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        heads = {name: value.contiguous() for name, value in self.network.heads.state_dict().items()}
        save_file(heads, folder / HEADS_FILE)
        parameters = sum(p.numel() for p in self.network.parameters())
        return {"window": WINDOW, "parameters": parameters, "type": self.network.encoder.config.model_type}

    @classmethod
    def load(cls, folder: Path, labels: Labels) -> EncoderMember:
        """Open what `save` wrote; raise `ModelError` where the files do not fit the labels."""
        import torch
        from safetensors.torch import load_file
        from transformers import AutoModel, AutoTokenizer

        encoder = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        heads = {name: value.float() for name, value in load_file(folder / HEADS_FILE).items()}
        conventions = any(name.startswith(module_name(GATE)) for name in heads)
        network = MessageNetwork(encoder, head_sizes(labels, conventions=conventions))
        try:
            network.heads.load_state_dict(heads)
        except RuntimeError as error:
            raise ModelError(
                f"{folder} 中的权重与标签集不符",
                expected="与清单相同的标签数",
                found=str(error).splitlines()[0],
                remedy="重新训练，或换用配套的模型目录",
            ) from error
        return cls(network, AutoTokenizer.from_pretrained(folder, local_files_only=True), labels)


def tokenize(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[list[int]]]:
    """Each text as its windows of token ids, at least one window each."""
    encoded = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    return [cut_windows(ids, tokenizer.cls_token_id, tokenizer.sep_token_id) for ids in encoded]


def collate(messages: Sequence[Sequence[Sequence[int]]], pad: int) -> tuple[Tensor, Tensor, Tensor, int]:
    """Windows of several messages as padded tensors: ids, mask, owner, number of messages."""
    import torch

    windows = [window for message in messages for window in message]
    owner = [number for number, message in enumerate(messages) for _ in message]
    longest = max(map(len, windows))
    ids = torch.full((len(windows), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(windows), longest), dtype=torch.long)
    for row, window in enumerate(windows):
        ids[row, : len(window)] = torch.tensor(window)
        mask[row, : len(window)] = 1
    return ids, mask, torch.tensor(owner), len(messages)


def batches_by_length(
    lengths: Sequence[int], tokens: int = BATCH_TOKENS, rows: int = 1024
) -> Iterator[list[int]]:
    """Positions in batches of like length: at most `rows` messages and `tokens` padded tokens, or one."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda p: lengths[p]):
        full = len(batch) == rows or (len(batch) + 1) * max(lengths[position], 1) > tokens
        if batch and full:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
