import io
from contextlib import redirect_stdout

import pytest
from builders_evaluation import a_record, a_report, a_right_record

from rag.answer.base.rules import RULES, Rules
from rag.engine.recipe import Recipe
from rag.errors import SettingsError
from rag.evaluate.measures.summary import (
    ablation_of,
    curves_of,
    differences,
    groups_of,
    latency_of,
    metrics_by,
    metrics_of,
)
from rag.evaluate.records.report import Ablation, Difference, Estimate, LineError, Quantiles
from service.evaluation.evaluate import Options
from service.evaluation.left_out import recipes_without
from ui.terminal.evaluate_terminal import print_evaluation, print_rules


def an_unanswerable_record(**changes):
    values = {"answerable": False, "expected": (), "right": False, "scores": {"right": 0.0}}
    return a_record(**values | changes)


def shown(report):
    with redirect_stdout(io.StringIO()) as out:
        print_evaluation(report)
    return out.getvalue()


def test_means_are_over_the_questions_that_allow_them():
    metrics = metrics_of([a_record(), a_right_record(), an_unanswerable_record()], seed=0)

    assert (metrics["page_hit@1"].value, metrics["page_hit@1"].n) == (0.5, 2)
    assert (metrics["right"].value, metrics["right"].n) == (pytest.approx(1 / 3), 3)
    assert "box_iou" not in metrics


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


def test_without_known_answers_there_is_no_figure():
    assert metrics_of([a_record(answerable=None, right=None, scores={})], seed=0) == {}
    assert metrics_of([], seed=0) == {}
    assert curves_of([a_record(right=None)]).risk_coverage == ()


def test_kinds_without_a_figure_are_left_out():
    records = [
        a_record(modality="table"),
        a_record(modality="odd", answerable=None, right=None, scores={}),
        a_record(modality=None),
    ]

    assert set(metrics_by(records, lambda record: [record.modality], seed=0)) == {"table"}


def test_the_curves_are_of_answers_alone():
    curves = curves_of([a_right_record(), a_record(), a_record(answered=False)])

    assert curves.risk_coverage == ((pytest.approx(2 / 3), 0.5),)
    assert sum(bin_.n for bin_ in curves.reliability) == 2


def test_times_are_ones_that_were_measured():
    records = [a_record(seconds={"total": n / 10}) for n in range(1, 21)]

    assert latency_of(records)["total"] == Quantiles(p50=1.0, p95=1.9, n=20)


def test_a_part_left_out_is_compared_question_by_question():
    whole = [a_right_record() for _ in range(20)]
    without = [a_record() for _ in range(20)]

    found = ablation_of(without, whole, seed=0)

    assert found.metrics["page_hit@1"].value == 0
    assert found.difference["page_hit@1"].value == -1
    assert found.difference["page_hit@1"].p < 0.05
    assert found.by["modality"]["table"]["page_hit@1"].value == -1


def test_a_figure_is_compared_where_both_have_it():
    one = [a_record(scores={"box_iou": 0.5}), a_record(scores={})]
    other = [a_record(scores={"box_iou": 0.25}), a_record(scores={"box_iou": 1.0})]

    assert differences(one, other, seed=0)["box_iou"].value == 0.25


def test_each_part_is_left_out_once_and_pictures_only_where_they_are_asked_with():
    recipes = recipes_without(["parts"], pictures=False)

    assert recipes["without lexical"] == Recipe(lexical=False)
    assert "without image" not in recipes
    assert recipes_without(["parts"], pictures=True)["without image"] == Recipe(image=False)


def test_a_rule_that_is_named_is_left_out_alone():
    recipes = recipes_without(["kinds", "sides"], pictures=True)

    assert recipes == {
        "without kinds": Recipe(rules=Rules(off=("kinds",))),
        "without sides": Recipe(rules=Rules(off=("sides",))),
    }


def test_a_rule_that_there_is_not_is_told_before_anything_is_asked():
    with pytest.raises(SettingsError, match="There is no rule counting") as told:
        Options(ablate=("parts", "counting"))

    assert told.value.hint.endswith("--ablate list")


def test_the_rules_that_can_be_left_out_are_explained(capsys):
    print_rules()

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["parts", *RULES]
    assert "sides           The sides of a comparison are searched each." in lines


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


def test_the_terminal_shows_collections_by_channel():
    high = Estimate(value=0.7, low=0.65, high=0.75, n=300)

    text = shown(a_report(metrics={}, sets={"scifact": {"ndcg@10": {"fused": high}}}))

    assert "scifact (300 queries)" in text
    assert "0.700 [0.650-0.750]" in text


def test_words_of_strangers_do_not_steer_the_terminal():
    error = LineError(line=1, reason="\x1b[2Jgone")

    assert "\x1b" not in shown(a_report(a_record(modality="\x1b]0;x\x07"), errors=(error,)))


def a_nugget_record(*, recall, **changes):
    scores = {"right": 0.0, "nugget_recall": recall, "first_passage_recall": 0.75}
    values = {"expected": (), "nuggets": (("312 cm",),), "state": "stated", "scores": scores}
    return a_record(**values | changes)


def test_answers_are_shown_beside_their_first_passages_by_kind():
    report = a_report(
        a_nugget_record(recall=0.5, labels={"kind": ("list",), "corpus": ("demo",)}),
        a_nugget_record(recall=0.25, labels={"kind": ("why",), "kinds": ("Chart", "Table")}),
    )

    lines = [" ".join(line.split()) for line in shown(report).splitlines()]

    assert "nugget_recall n answer first passage first hits" in lines
    assert "all 2 37.5 [25-50] 75.0 [75-75]" in lines
    assert "kind: list 1 50.0 [50-50] 75.0 [75-75]" in lines
    assert "kinds: Table 1 25.0 [25-25] 75.0 [75-75]" in lines
    assert not any("corpus" in line for line in lines)


def test_a_question_counts_in_each_of_its_kinds():
    record = a_nugget_record(recall=1.0, labels={"kinds": ("Chart", "Table")})

    groups = groups_of([record, a_record()], seed=0)

    assert {name: metrics["right"].n for name, metrics in groups["kinds"].items()} == {
        "Chart": 1,
        "Table": 1,
    }


def test_nothing_found_is_told_apart_from_the_closest_places():
    records = [
        a_nugget_record(recall=0.0, state="nothing", answered=False),
        a_nugget_record(recall=0.5, state="closest", answered=False),
        a_record(state=""),
    ]

    metrics = metrics_of(records, seed=0)

    assert (metrics["answerable_nothing"].value, metrics["answerable_nothing"].n) == (0.5, 2)
    assert metrics["answerable_refused"].value == pytest.approx(2 / 3)
