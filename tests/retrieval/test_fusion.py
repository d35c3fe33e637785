"""Fusion: the sum of two standardised scores, on the lexical scale, with the law's best as a prior."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retrieval.fusion import POOL, Weights, fuse, meaning, standard

ONE = np.zeros(4, np.int32)
SCORES = arrays.arrays(np.float32, st.integers(1, 40), elements=st.floats(0, 50, width=32))


def test_both_parts_count() -> None:
    lexical = np.array([9, 9, 1, 0], np.float32)
    cosine = np.array([0.1, 0.5, 0.5, 0.4], np.float32)
    fused = fuse(lexical, cosine[:, None], ONE)
    assert fused.argmax() == 1
    assert fused[2] > fused[3]


def test_the_law_of_a_good_article_lifts_its_others() -> None:
    lexical = np.array([9, 2, 2, 2], np.float32)
    cosine = np.array([0.9, 0.3, 0.3, 0.3], np.float32)
    fused = fuse(lexical, cosine[:, None], np.array([1, 2, 1, 2], np.int32))
    assert fused[2] > fused[1] == fused[3]
    alone = fuse(lexical, cosine[:, None], np.array([1, 2, 1, 2], np.int32), Weights(law=0))
    assert alone[1] == alone[2] == alone[3]


def test_equal_candidates_and_none() -> None:
    same = fuse(np.full(3, 7, np.float32), np.full((3, 1), 0.2, np.float32), np.arange(3, dtype=np.int32))
    assert same.tolist() == [7, 7, 7]
    assert len(fuse(np.zeros(0, np.float32), np.zeros((0, 1), np.float32), np.zeros(0, np.int32))) == 0


@given(SCORES, st.integers(0, 2**31), st.sampled_from([1, 3, 6]))
def test_scores_stay_between_nothing_and_the_best_lexical_one(
    lexical: np.ndarray, seed: int, columns: int
) -> None:
    lexical[0] += 1
    draw = np.random.default_rng(seed)
    cosine = draw.uniform(-1, 1, (len(lexical), columns)).astype(np.float32)
    laws = draw.integers(0, 3, len(lexical)).astype(np.int32)
    fused = fuse(lexical, cosine, laws)
    assert (fused > 0).all() and fused.max() <= lexical.max() * (1 + 1e-6)
    order = draw.permutation(len(lexical))
    assert np.allclose(fuse(lexical[order], cosine[order], laws[order]), fused[order], rtol=1e-5)


def test_only_the_best_of_the_pool_set_the_scale() -> None:
    best = np.linspace(5, 9, POOL).astype(np.float32)
    padded = np.concatenate([best, np.zeros(300, np.float32)])
    assert np.allclose(standard(padded)[:POOL], standard(best))


def test_headline_and_nearest_sentence_count() -> None:
    plain = np.array([[0.5, 0.1, 0.2, 0.2], [0.5, 0.1, 0.2, 0.2], [0.1, 0.1, 0.1, 0.1]], np.float32)
    assert meaning(plain)[0] == meaning(plain)[1] > meaning(plain)[2]
    headline, sentence = plain.copy(), plain.copy()
    headline[1, 1] = 0.9
    sentence[1, 3] = 0.9
    assert meaning(headline)[1] > meaning(headline)[0]
    assert meaning(sentence)[1] > meaning(sentence)[0]
