"""The paired test, against the exact distribution where it is small enough to write down."""

from datetime import date
from itertools import product

import numpy as np
import pytest

from eval.in_force import in_force_precision
from eval.question_slices import slices
from eval.randomisation import paired_test
from legal_corpus.digest import load_digest
from retrieval.values import Document


def test_the_p_value_is_that_of_all_arrangements() -> None:
    first, second = [1.0, 0.5, 1.0, 0.0, 1.0], [0.0, 0.5, 0.2, 0.1, 0.0]
    gaps = np.array(first) - np.array(second)
    means = [abs((gaps * signs).mean()) for signs in product((-1, 1), repeat=5)]
    exact = np.mean([mean >= abs(gaps.mean()) - 1e-12 for mean in means])
    found = paired_test(first, second, rounds=20_000)
    assert found.value == pytest.approx(gaps.mean()) and found.n == 5
    assert found.p == pytest.approx(exact, abs=0.02)
    assert paired_test(second, first).value == pytest.approx(-gaps.mean())


def test_a_run_against_itself_differs_by_nothing() -> None:
    assert paired_test([0.1, 0.9], [0.1, 0.9]).p == 1.0
    with pytest.raises(ValueError, match="same questions"):
        paired_test([0.1], [0.1, 0.9])


def test_what_is_not_law_on_the_day_is_named() -> None:
    digest = load_digest()
    article = next(one for one in digest.articles() if one.law.in_force_on(date(2026, 11, 23)))
    found = {"1": [article.id, "no-such-id"], "2": [article.id], "3": []}
    shares, wrong = in_force_precision(found, digest, date(2026, 11, 23))
    assert shares == [0.5, 1.0, 1.0] and wrong == ("no-such-id",)
    assert in_force_precision({"1": [article.id]}, digest, date(1900, 1, 1))[0] == [0.0]


def test_slices_tell_lay_words_from_those_of_the_law() -> None:
    law = Document("a", "电梯规定", "第一条", "电梯的维修由使用单位负责")
    lay, learned = "电梯坏了老没人管真急人", "电梯的维修由使用单位负责吗"
    texts = {f"l{n}": lay for n in range(10)} | {f"p{n}": learned for n in range(10)} | {"x": "少"}
    qrels = {id: {"a": 1} for id in texts}
    found = slices(texts, qrels, lambda id: law if id == "a" else None)
    assert {id[0] for id in found["words lay"]} == {"l"}
    assert {id[0] for id in found["words professional"]} == {"p"}
    assert set(found["length ≤20字"]) == set(texts) and len(found["law 电梯规定"]) == 21
