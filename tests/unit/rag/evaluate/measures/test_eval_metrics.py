import numpy as np
import pytest
from scipy import stats

from rag.evaluate.measures import boxes, confidence_metrics
from rag.evaluate.measures.bootstrap import estimate, paired_difference
from rag.evaluate.records import text_match
from rag.evaluate.records.report import Bin


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


def test_an_answer_counts_within_the_first_words_alone():
    text = "one two three four"

    assert text_match.contains(text, ["three"], match="any", words=3)
    assert not text_match.contains(text, ["four"], match="any", words=3)
    assert text_match.contains(text, ["four"], match="any", words=None)
    assert text_match.contains(text, ["four", "two"], match="any", words=3)
    assert not text_match.contains(text, ["four", "two"], match="all", words=3)


def test_anls_forgives_less_than_half_the_letters():
    assert text_match.anls("Sturmjohc", ["Sturmjoch"]) == pytest.approx(7 / 9)
    assert text_match.anls("ab", ["ax"]) == 0
    assert text_match.anls("a longer sentence with Sturmjoch in it", ["Sturmjoch"]) == 0
    assert text_match.anls(" STURMJOCH", ["x", "Sturmjoch"]) == 1


def test_evidence_is_covered_word_by_word():
    assert text_match.word_recall("the hut has 24 beds", "24 beds, 24 chairs") == 0.5
    assert text_match.word_recall("", "24 beds") == 0


def test_boxes_are_compared_by_area():
    left, right = (0.0, 0.0, 0.5, 1.0), (0.25, 0.0, 0.75, 1.0)

    assert boxes.iou(left, right) == pytest.approx(1 / 3)
    assert boxes.covered(left, [right, right, (0.0, 0.0, 0.25, 0.5)]) == pytest.approx(0.75)
    assert boxes.around([left, right]) == (0.0, 0.0, 0.75, 1.0)
    assert boxes.covered(left, []) == 0


def test_refusals_are_right_where_there_is_no_answer():
    # answerable, answered
    rows = np.array([[[1, 1], [1, 0], [0, 0], [0, 0], [0, 1]]], dtype=float)

    assert confidence_metrics.abstention_precision(rows) == pytest.approx(2 / 3)
    assert confidence_metrics.abstention_recall(rows) == pytest.approx(2 / 3)
    assert confidence_metrics.abstention_f1(rows) == pytest.approx(2 / 3)


def test_without_a_refusal_precision_is_not_defined():
    rows = np.array([[1.0, 1.0], [0.0, 1.0]])

    assert estimate(rows, confidence_metrics.abstention_precision, seed=0) is None
    assert estimate(rows, confidence_metrics.abstention_recall, seed=0) is not None


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


def test_reliability_gathers_like_confidences():
    rows = np.array([[0.0, 0.0], [0.01, 1.0], [1.0, 1.0]])

    assert confidence_metrics.reliability(rows) == (
        Bin(confidence=0.005, accuracy=0.5, n=2),
        Bin(confidence=1.0, accuracy=1.0, n=1),
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


def test_the_same_seed_gives_the_same_interval():
    rows = np.random.default_rng(5).random((40, 1))

    assert estimate(rows, seed=3) == estimate(rows, seed=3)
    assert estimate(rows, seed=3) != estimate(rows, seed=4)


def test_of_no_question_there_is_no_figure():
    assert estimate(np.zeros((0, 1)), seed=0) is None
    assert paired_difference(np.zeros((0, 1)), np.zeros((0, 1)), seed=0) is None


def test_a_difference_that_every_question_shows_is_real():
    better = paired_difference(np.ones((30, 1)), np.zeros((30, 1)), seed=0)

    assert better is not None
    assert better.value == 1
    assert better.p < 0.01


def test_a_difference_of_one_question_in_many_may_be_chance():
    rows = np.zeros((100, 1))
    rows[0] = 1

    found = paired_difference(rows, np.zeros((100, 1)), seed=0)

    assert found is not None
    assert found.p > 0.3


def test_rows_of_different_questions_are_not_paired():
    with pytest.raises(ValueError, match="can't be paired"):
        paired_difference(np.ones((3, 1)), np.ones((2, 1)), seed=0)


def test_the_error_by_chance_is_that_of_confidences_that_are_true():
    rng = np.random.default_rng(0)
    confidence = np.broadcast_to(rng.uniform(size=200), (2000, 200))
    right = rng.uniform(size=confidence.shape) < confidence
    samples = np.stack([confidence, right], axis=-1)

    found = confidence_metrics.ece(samples).mean()

    assert confidence_metrics.ece_by_chance(samples[:1])[0] == pytest.approx(found, rel=0.03)


def test_marks_of_several_numbers_are_no_words_of_an_answer():
    assert (
        text_match.without_marks("Snow fell [1, 2, 3]. It lay [12][1,4].") == "Snow fell . It lay ."
    )
    assert text_match.folded("317 cm [1, 2]").strip() == "317 cm"
