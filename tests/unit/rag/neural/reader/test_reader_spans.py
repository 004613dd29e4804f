"""Logits become spans and probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.neural.reader.spans import Calibration, read_window, span_weights


def logits(*pairs):
    starts, ends = np.array(pairs, dtype=np.float32).T
    return starts[:, None] + ends[None, :]


def test_the_best_span_starts_before_it_ends():
    window = read_window(logits((1, 1), (0, 8), (5, 0), (0, 4)), 0.0, [-1, 0, 1, 2], count=1)

    assert window.spans == ((1, 2, 9.0),)


def test_the_lead_is_the_log_odds_of_all_spans_to_the_null():
    window = read_window(logits((1, 1), (0, 8), (5, 0)), 0.0, [-1, 0, 1], count=1)

    spans = np.exp([0 + 8, 0 + 0, 5 + 0]).sum()
    assert window.lead == pytest.approx(np.log(spans) - 2)


def test_spans_share_no_token():
    window = read_window(logits((0, 0), (5, 5), (4, 4), (3, 3)), 0.0, [-1, 0, 1, 2], count=3)

    covered = [token for a, b, _ in window.spans for token in range(a, b + 1)]
    assert len(covered) == len(set(covered))


def test_no_span_leaps_from_a_repeated_header_into_the_rows():
    window = read_window(logits((0, 0), (9, 0), (0, 9)), 0.0, [-1, 0, 40], count=5)

    assert all(first == last for first, last, _ in window.spans)


def test_an_empty_passage_has_no_span_and_does_not_lead():
    window = read_window(logits((0, 0), (0, 0)), 1.0, [-1, -1], count=3)

    assert window.spans == ()
    assert window.lead < 0


@given(answer=st.floats(-50, 50), lead=st.floats(-50, 50))
def test_relevance_is_a_probability(answer, lead):
    window = read_window(logits((-lead, 0), (0, 0)), answer, [-1, 0], count=1)

    assert 0 <= Calibration(answer=2.0, lead=1.0, bias=-1.0).relevance(window) <= 1


def test_weights_sum_to_one_and_flatten_with_temperature():
    sharp, flat = (span_weights([2.0, 1.0, 0.0], temperature=t) for t in (0.5, 5.0))

    assert sum(sharp) == pytest.approx(1)
    assert sharp[0] > flat[0] > 1 / 3
    assert span_weights([], temperature=1.0) == []
