"""What holds of every metric: bounds, perfection; any line is a question or a reason."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.evaluation import scoring
from rag.evaluation.questions import parse_question

ids = st.sampled_from([f"d{n}" for n in range(12)])
runs = st.lists(ids, max_size=15)
grades = st.dictionaries(ids, st.integers(0, 3), max_size=8)
depths = st.integers(1, 20)
measures = st.sampled_from(
    [scoring.hit_at, scoring.recall_at, scoring.reciprocal_rank_at, scoring.ndcg_at]
)


@given(measures, runs, grades, depths)
def test_a_ranking_scores_between_nothing_and_all(measure, run, judged, k):
    assert 0 <= measure(run, judged, k=k) <= 1 + 1e-12


@given(measures, grades, depths)
def test_the_best_order_is_perfect(measure, judged, k):
    best = sorted(judged, key=lambda item: -judged[item])
    assume(any(judged.values()))

    if measure is scoring.recall_at:
        k = len(best)

    assert measure(best, judged, k=k) == pytest.approx(1)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_line_is_a_question_or_a_reason(line):
    with suppress(ValueError):
        question = parse_question(line, line=1)
        assert question.text.strip() or question.image
