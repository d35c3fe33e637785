"""A reader of parts that knows two words: for tests of the division alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head, Labels


class KeywordReader:
    """Reads 路灯 as one department's word and 工资 as another's; anything else says nothing."""

    labels = Labels((), (), ("zhujian", "renshe", "other"), (), ())

    def quick_probabilities(self, texts: Sequence[str]) -> dict[Head, Probabilities]:
        words = {"路灯": (0.9, 0.05, 0.05), "工资": (0.05, 0.9, 0.05)}
        rows = []
        for text in texts:
            found = [np.array(p) for word, p in words.items() if word in text]
            rows.append(np.mean(found, axis=0) if found else np.full(3, 1 / 3))
        return {"department": np.array(rows)}

    probabilities = quick_probabilities
