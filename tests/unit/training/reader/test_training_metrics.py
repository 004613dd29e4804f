"""The scores that the training log reports."""

import numpy as np
import pytest

from training.reader.evaluate import matching_sentences
from training.reader.export import logistic_regression
from training.reader.metrics import (
    auroc,
    best_threshold,
    calibration_error,
    judge,
    summary,
    word_f1,
)
from training.reader.rows import ReaderRow


def test_f1_counts_shared_words_without_articles_and_case():
    assert word_f1("The Red car", "a red bus") == pytest.approx(0.5)
    assert word_f1("", "") == 1.0
    assert word_f1("x", "") == 0.0


def test_auroc_is_the_chance_of_the_right_order():
    assert auroc([0.9, 0.8, 0.1], [True, True, False]) == 1.0
    assert auroc([0.1, 0.9], [True, False]) == 0.0
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.5], [True]) == 0.5


def test_calibration_error_is_the_gap_between_chance_and_truth():
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([1.0, 1.0], [True, False]) == pytest.approx(0.5)


def test_an_abstention_is_right_only_where_there_is_no_answer():
    rows = [
        judge("Ajax", ["Ajax"], confidence=0.9),
        judge("Ajax", ["Ajax"], confidence=0.2),
        judge("Ajax", [], confidence=0.1),
        judge("Ajax", [], confidence=0.8),
    ]

    found = summary(rows, threshold=0.5)

    assert found == {
        "n": 4,
        "em": 50.0,
        "f1": 50.0,
        "answerable_f1": 50.0,
        "abstain_auroc": 0.75,
    }


def test_the_best_threshold_parts_the_answered_from_the_rest():
    rows = [
        judge("a", ["a"], confidence=0.9),
        judge("b", ["b"], confidence=0.6),
        judge("c", [], confidence=0.4),
    ]

    assert 0.4 < best_threshold(rows) < 0.6


def test_the_baseline_takes_the_sentence_with_the_rare_words_of_the_question():
    row = ReaderRow(
        id="1",
        set="s",
        question="Who won the cup?",
        context="The sun shone. Ajax won the cup.",
        answers=((15, 19),),
    )

    found = matching_sentences([row])[0]

    assert found.f1 == pytest.approx(0.5)


def test_logistic_regression_finds_the_chance_of_each_feature():
    features = np.array([[1.0, 1.0]] * 4 + [[0.0, 1.0]] * 4)
    labels = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])

    slope, bias = logistic_regression(features, labels)

    assert 1 / (1 + np.exp(-(slope + bias))) == pytest.approx(0.75, abs=0.01)
    assert 1 / (1 + np.exp(-bias)) == pytest.approx(0.25, abs=0.01)
