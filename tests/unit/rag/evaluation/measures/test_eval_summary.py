import io
from contextlib import redirect_stdout

from builders_evaluation import a_record, a_report, a_right_record

from pagelight.cli.evaluate_terminal import print_evaluation
from rag.evaluation.measures.summary import (
    ablation_of,
    metrics_of,
)
from rag.evaluation.records.report import Ablation, Difference, Estimate, LineError


def an_unanswerable_record(**changes):
    values = {"answerable": False, "expected": (), "right": False, "scores": {"right": 0.0}}
    return a_record(**values | changes)


def shown(report):
    with redirect_stdout(io.StringIO()) as out:
        print_evaluation(report)
    return out.getvalue()


def test_refusals_are_counted_on_either_side():
    records = [
        a_record(),
        a_record(answered=False),
        an_unanswerable_record(answered=False, right=True),
        an_unanswerable_record(),
    ]

    metrics = metrics_of(records, seed=0)

    assert metrics["unanswerable_refused"].value == 0.5
    assert metrics["answerable_refused"].value == 0.5
    assert metrics["abstention_precision"].value == 0.5
    assert metrics["abstention_f1"].n == 4


def test_a_part_left_out_is_compared_question_by_question():
    whole = [a_right_record() for _ in range(20)]
    without = [a_record() for _ in range(20)]

    found = ablation_of(without, whole, seed=0)

    assert found.metrics["page_hit@1"].value == 0
    assert found.difference["page_hit@1"].value == -1
    assert found.difference["page_hit@1"].p < 0.05
    assert found.by["modality"]["table"]["page_hit@1"].value == -1


def test_the_terminal_shows_every_kind_and_what_is_real():
    half = Estimate(value=0.5, low=0.25, high=0.75, n=2)
    real = Difference(value=-0.25, low=-0.5, high=-0.1, p=0.01)
    chance = Difference(value=0.01, low=-0.1, high=0.1, p=0.8)
    text = shown(
        a_report(
            a_record(),
            a_right_record(modality="figure"),
            errors=(LineError(line=7, reason="no question"),),
            ablations={
                "without lexical": Ablation(
                    metrics={"page_hit@1": half}, difference={"page_hit@1": real, "right": chance}
                )
            },
        )
    )

    assert "line 7: no question" in text
    assert "table" in text
    assert "figure" in text
    assert "-25.0*" in text
    assert "+1.0" in text
    assert "+1.0*" not in text


def test_words_of_strangers_do_not_steer_the_terminal():
    error = LineError(line=1, reason="\x1b[2Jgone")

    assert "\x1b" not in shown(a_report(a_record(modality="\x1b]0;x\x07"), errors=(error,)))
