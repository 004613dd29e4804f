"""Logits become spans and probabilities."""

import numpy as np
import pytest

from rag.models.reader.spans import read_window


def logits(*pairs):
    starts, ends = np.array(pairs, dtype=np.float32).T
    return starts[:, None] + ends[None, :]


def test_the_lead_is_the_log_odds_of_all_spans_to_the_null():
    window = read_window(logits((1, 1), (0, 8), (5, 0)), 0.0, [-1, 0, 1], count=1)

    spans = np.exp([0 + 8, 0 + 0, 5 + 0]).sum()
    assert window.lead == pytest.approx(np.log(spans) - 2)


def test_no_span_leaps_from_a_repeated_header_into_the_rows():
    window = read_window(logits((0, 0), (9, 0), (0, 9)), 0.0, [-1, 0, 40], count=5)

    assert all(first == last for first, last, _ in window.spans)


def test_an_empty_passage_has_no_span_and_does_not_lead():
    window = read_window(logits((0, 0), (0, 0)), 1.0, [-1, -1], count=3)

    assert window.spans == ()
    assert window.lead < 0
