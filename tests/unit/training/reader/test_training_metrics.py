"""The scores that the training log reports."""

from training.reader.metrics import judge, summary


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
