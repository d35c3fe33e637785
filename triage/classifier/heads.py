"""The heads of an encoder member: their names, sizes, and level 1 out of two experts. No torch in here."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from triage.classifier.conventions import COARSE, EXPERTS, FINE, GATE, has_two_conventions, mix_level1
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


def one_level1(output: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Logits by head; where level 1 has two experts, theirs, the gate's, and one mixed from them."""
    named = {head.replace("-", "."): values for head, values in output.items()}
    if has_two_conventions(named):
        named["level1"] = mix_level1(named, temperature=1.0, steepness=1.0)
    return {head: named[head] for head in (*HEADS, *EXPERTS) if head in named}
