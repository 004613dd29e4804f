import io
import json
from contextlib import redirect_stdout
from dataclasses import replace

import numpy as np
import pytest
from builders_evaluation import QUESTION, a_record, a_report, a_right_record

from pagelight.cli.evaluate_terminal import print_evaluation
from rag.errors import PagelightError
from rag.evaluation.questions import LineError
from rag.evaluation.report import Estimate, read_report, write_json
from rag.evaluation.summary import estimate, metrics_of

HALF = Estimate(value=0.5, low=0.25, high=0.75, n=4)


def test_a_report_comes_back_from_its_file_as_it_was(tmp_path):
    path = tmp_path / "report.json"
    report = a_report(
        a_record(),
        errors=(LineError(line=7, reason="no question"),),
        settings={"words": 40},
        sets={"scifact": {"ndcg@10": {"fused": HALF}}},
    )

    write_json(report, path)

    assert read_report(path) == report


@pytest.mark.parametrize(
    ("change", "told"), [({"n": "four"}, "`int`, got `str`"), ({"low": None}, "low")]
)
def test_a_report_with_a_value_of_another_type_is_refused_by_its_place(tmp_path, change, told):
    path = tmp_path / "report.json"
    write_json(a_report(a_record()), path)
    data = json.loads(path.read_text())
    data["metrics"]["all"]["page_hit@1"] |= change
    path.write_text(json.dumps(data))

    with pytest.raises(PagelightError, match=f"{told}.*metrics|metrics.*{told}"):
        read_report(path)


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
