"""Every ranking metric against pytrec_eval, ties and missing questions included."""

import random

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.errors import DataMissing
from eval.ranking_metrics import ndcg, ranking, recall, reciprocal_rank
from eval.retrieval import metrics, score_run

IDS = [f"d{number}" for number in range(30)]
QRELS = st.dictionaries(
    st.sampled_from(["q1", "q2", "q3"]),
    st.dictionaries(st.sampled_from(IDS), st.integers(0, 3), min_size=1, max_size=12),
    min_size=1,
)
RUNS = st.dictionaries(
    st.sampled_from(["q1", "q2", "q3", "q4"]),
    st.dictionaries(
        st.sampled_from(IDS), st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0]), min_size=1, max_size=30
    ),
    min_size=1,
)


def untied(scored: dict[str, float]) -> dict[str, float]:
    """The same order without ties: trec_eval breaks ties by id descending, we ascending."""
    return {id: float(-rank) for rank, id in enumerate(ranking(scored))}


@settings(max_examples=150, deadline=None)
@given(QRELS, RUNS)
def test_every_metric_is_that_of_trec_eval(
    qrels: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> None:
    strict = {qid: untied(scored) for qid, scored in run.items()}
    wanted = {"recall.1,5,10,20,100", "recip_rank", "ndcg_cut.10"}
    reference = pytrec_eval.RelevanceEvaluator(qrels, wanted).evaluate(strict)
    for qid, expected in reference.items():
        grades, ranked = qrels[qid], ranking(run[qid])
        if not any(grade > 0 for grade in grades.values()):
            continue
        for cut in (1, 5, 10, 20, 100):
            assert recall(ranked, grades, cut) == pytest.approx(expected[f"recall_{cut}"])
        assert ndcg(ranked, grades, 10) == pytest.approx(expected["ndcg_cut_10"])
        # trec_eval's reciprocal rank has no cut.
        assert reciprocal_rank(ranked, grades, len(ranked)) == pytest.approx(expected["recip_rank"])


def test_the_means_are_those_of_trec_eval_with_missing_questions_as_zero() -> None:
    generator = random.Random(7)
    qrels = {f"q{n}": {id: generator.randint(1, 2) for id in generator.sample(IDS, 4)} for n in range(20)}
    run = {
        qid: untied({id: generator.random() for id in generator.sample(IDS, 25)}) for qid in list(qrels)[:15]
    }
    top = {qid: dict(sorted(found.items(), key=lambda item: -item[1])[:10]) for qid, found in run.items()}
    wanted = {"recall.1,5,10,20,100", "ndcg_cut.10"}
    whole = pytrec_eval.RelevanceEvaluator(qrels, wanted).evaluate(run)
    cut = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(top)
    names = {f"R@{k}": f"recall_{k}" for k in (1, 5, 10, 20, 100)} | {"nDCG@10": "ndcg_cut_10"}
    ours = score_run(run, qrels, 100)
    assert set(ours) == {*names, "MRR@10"} == set(metrics(100))
    for name, theirs in names.items():
        # trec_eval averages over the run's questions; a question that got no answer is a failure and counts.
        assert ours[name].value == pytest.approx(sum(row[theirs] for row in whole.values()) / 20, abs=1e-6)
    assert ours["MRR@10"].value == pytest.approx(sum(r["recip_rank"] for r in cut.values()) / 20, abs=1e-6)
    assert {score.n for score in ours.values()} == {20}


def test_equal_scores_are_ordered_by_id() -> None:
    run = {"q": {"c": 1.0, "a": 1.0, "b": 1.0, "z": 2.0}}
    assert ranking(run["q"]) == ["z", "a", "b", "c"]
    assert score_run(run, {"q": {"a": 1}}, 10)["MRR@10"].value == 0.5
    assert score_run(run, {"q": {"c": 1}}, 10)["MRR@10"].value == 0.25


def test_the_reciprocal_rank_is_cut() -> None:
    assert reciprocal_rank(["a", "b", "c"], {"c": 1}, 2) == 0.0


def test_a_question_without_a_relevant_article_is_left_out() -> None:
    scores = score_run({"q": {"a": 1.0}}, {"q": {"a": 1}, "empty": {"a": 0}}, 10)
    assert scores["R@10"].value == 1.0 and scores["R@10"].n == 1


def test_metrics_deeper_than_the_run_are_not_reported() -> None:
    assert set(metrics(5)) == {"R@1", "R@5"}


def test_nothing_in_common_is_an_error_and_no_zero() -> None:
    with pytest.raises(DataMissing, match=r"没有一个问题既有文字又有标注.*是否配套"):
        score_run({"q": {"a": 1.0}}, {"x": {"a": 1}}, 10, ["q"])
