import io
from contextlib import redirect_stdout
from dataclasses import replace

import numpy as np
import pytest
from builders_evaluation import QUESTION, a_record, a_report, a_right_record

from pagelight.cli.evaluate_terminal import print_evaluation
from rag.evaluation.questions import LineError
from rag.evaluation.summary import estimate, metrics_of


def of_modality(record, modality):
    return replace(record, question=replace(record.question, modality=modality))


def shown(report):
    with redirect_stdout(io.StringIO()) as out:
        print_evaluation(report)
    return out.getvalue()


def test_an_interval_holds_the_mean_whatever_the_order():
    values = np.random.default_rng(5).random(120)
    found = estimate(values, seed=0)

    assert found == estimate(values[::-1], seed=0)
    assert found.value == pytest.approx(values.mean())
    error = 1.96 * values.std() / np.sqrt(120)
    assert (found.low, found.high) == pytest.approx(
        (values.mean() - error, values.mean() + error), abs=0.01
    )


def test_confidence_is_measured_by_what_was_answered_rightly():
    records = [
        a_right_record(confidence=0.9),
        a_record(confidence=0.1),
        a_right_record(question=replace(QUESTION, answerable=False), confidence=0.2),
    ]
    metrics = metrics_of(records, seed=0)

    assert metrics["auroc"].value == 1
    assert metrics["ece"].value == pytest.approx((0.1 + 0.1 + 0.2) / 3)


def test_words_of_strangers_do_not_steer_the_terminal():
    error = LineError(line=1, reason="\x1b[2Jgone")
    record = of_modality(a_record(), "\x1b]0;x\x07")

    assert "\x1b" not in shown(a_report(record, errors=(error,)))
