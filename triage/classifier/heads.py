"""The heads of an encoder member: their names and sizes. No torch in here."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from triage.classifier.conventions import COARSE, EXPERTS, FINE, GATE
from triage.classifier.member import HEADS, Labels


def head_sizes(labels: Labels, *, conventions: bool = False) -> dict[str, int]:
    """How many labels each head has; with two `conventions` of level 1, two experts and a gate for it."""
    level1 = len(labels.level1)
    first = {module_name(FINE): level1, module_name(COARSE): level1, module_name(GATE): 1}
    return {
        **(first if conventions else {"level1": level1}),
        "level2": len(labels.pairs),
        "department": len(labels.departments),
        "kind": len(labels.kinds),
        "urgency": len(labels.urgencies),
    }


def module_name(head: str) -> str:
    """The name of a head inside the network, where a dot has a meaning of its own."""
    return head.replace(".", "-")


def named_heads(output: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """The network's logits by the names and in the order of the heads (level 1 may have two experts)."""
    named = {head.replace("-", "."): values for head, values in output.items()}
    return {head: named[head] for head in (*HEADS, *EXPERTS) if head in named}
