import numpy as np
import pytest
from scipy import stats

from rag.evaluation.measures import confidence_metrics
from rag.evaluation.measures.bootstrap import estimate, paired_difference
from rag.evaluation.records import text_match


@pytest.mark.parametrize(
    ("expected", "text", "stands"),
    [
        ("51%", "It was 51% [1].", True),
        ("51", "It was 151.", False),
        ("51", "It was 51.2.", False),
        ("51", "It was 51.", True),
        ("1,234", "In all 1234 [2]", True),
        ("1234.5", "1,234.5 km", True),
        ("Blue", "a blue, cold sky", True),
        ("Blue", "blueish", False),
        ("-5 °C", "\u22125 °C", True),
        ("people's", "the people’s choice", True),
        ("a  b", "A\nb", True),
    ],
)
def test_an_answer_stands_in_a_text_as_whole_words(expected, text, stands):
    assert text_match.stands_in(expected, text) is stands


def test_anls_forgives_less_than_half_the_letters():
    assert text_match.anls("Sturmjohc", ["Sturmjoch"]) == pytest.approx(7 / 9)
    assert text_match.anls("ab", ["ax"]) == 0
    assert text_match.anls("a longer sentence with Sturmjoch in it", ["Sturmjoch"]) == 0
    assert text_match.anls(" STURMJOCH", ["x", "Sturmjoch"]) == 1


def test_risk_falls_where_the_confident_are_right():
    good = np.array([[0.9, 1.0], [0.8, 1.0], [0.2, 0.0], [0.1, 0.0]])
    bad = np.array([[0.9, 0.0], [0.8, 0.0], [0.2, 1.0], [0.1, 1.0]])

    assert confidence_metrics.aurc(good[np.newaxis]) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert confidence_metrics.aurc(bad[np.newaxis]) == pytest.approx((1 + 1 + 2 / 3 + 1 / 2) / 4)
    assert confidence_metrics.risk_coverage(good, total=8) == (
        (1 / 8, 0),
        (2 / 8, 0),
        (3 / 8, pytest.approx(1 / 3)),
        (4 / 8, 0.5),
    )


def test_the_interval_is_as_wide_as_scipy_finds_it():
    values = np.random.default_rng(5).random(120)

    ours = estimate(values.reshape(-1, 1), seed=0)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval

    assert ours is not None
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_of_no_question_there_is_no_figure():
    assert estimate(np.zeros((0, 1)), seed=0) is None
    assert paired_difference(np.zeros((0, 1)), np.zeros((0, 1)), seed=0) is None


def test_a_difference_of_one_question_in_many_may_be_chance():
    rows = np.zeros((100, 1))
    rows[0] = 1

    found = paired_difference(rows, np.zeros((100, 1)), seed=0)

    assert found is not None
    assert found.p > 0.3
