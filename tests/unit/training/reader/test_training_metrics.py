"""The scores that the training log reports."""

import pytest

from training.reader.evaluate import matching_sentences
from training.reader.metrics import (
    judge,
    summary,
)
from training.reader.rows import ReaderRow


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
