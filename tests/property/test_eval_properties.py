"""What holds of every metric: bounds, order, perfection."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.evaluation.measures import confidence_metrics, ranking
from rag.evaluation.measures.bootstrap import estimate, paired_difference
from rag.evaluation.records import text_match
from rag.evaluation.records.questions import parse_question

ids = st.sampled_from([f"d{n}" for n in range(12)])
runs = st.lists(ids, max_size=15)
grades = st.dictionaries(ids, st.integers(0, 3), max_size=8)
depths = st.integers(1, 20)
measures = st.sampled_from(
    [ranking.hit_at, ranking.recall_at, ranking.reciprocal_rank_at, ranking.ndcg_at]
)
texts = st.text("ab 1,.[]“the", max_size=12)
shares = st.floats(0, 1)
beliefs = st.lists(st.tuples(shares, st.sampled_from([0.0, 1.0])), min_size=1, max_size=20)


@given(measures, runs, grades, depths)
def test_a_ranking_scores_between_nothing_and_all(measure, run, judged, k):
    assert 0 <= measure(run, judged, k=k) <= 1 + 1e-12


@given(measures, grades, depths)
def test_the_best_order_is_perfect(measure, judged, k):
    best = sorted(judged, key=lambda item: -judged[item])
    assume(any(judged.values()))

    if measure is ranking.recall_at:
        k = len(best)

    assert measure(best, judged, k=k) == pytest.approx(1)


@given(texts, st.lists(texts, min_size=1, max_size=3))
def test_words_fit_between_not_at_all_and_fully(text, expected):
    for measure in (text_match.exact, text_match.f1, text_match.anls):
        assert 0 <= measure(text, expected) <= 1
        assert measure(text, [*expected, text]) == 1
    assert text_match.exact(text, expected) <= text_match.f1(text, expected)


@given(beliefs)
def test_selective_risk_and_calibration_stay_within_bounds(rows):
    samples = np.array([rows])

    assert 0 <= confidence_metrics.aurc(samples)[0] <= 1
    assert 0 <= confidence_metrics.ece(samples)[0] <= 1


@given(beliefs, st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_matter(rows, rng):
    mixed = rng.sample(rows, len(rows))

    for measure in (confidence_metrics.aurc, confidence_metrics.ece):
        assert measure(np.array([mixed]))[0] == pytest.approx(measure(np.array([rows]))[0])
    assert estimate(np.array(mixed), seed=1) == estimate(np.array(rows), seed=1)


@given(beliefs)
def test_the_area_is_the_mean_risk_of_all_who_are_at_least_as_confident(rows):
    risks = [
        np.mean([1 - right for other, right in rows if other >= confidence])
        for confidence, _ in rows
    ]

    assert confidence_metrics.aurc(np.array([rows]))[0] == pytest.approx(np.mean(risks))


@given(beliefs, beliefs)
def test_a_difference_turns_with_its_sides(rows, others):
    n = min(len(rows), len(others))
    one, other = np.array(rows[:n]), np.array(others[:n])

    there = paired_difference(one, other, seed=0)
    back = paired_difference(other, one, seed=0)

    assert there is not None
    assert back is not None
    assert there.value == pytest.approx(-back.value)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_line_is_a_question_or_a_reason(line):
    with suppress(ValueError):
        question = parse_question(line, line=1)
        assert question.text.strip() or question.image
