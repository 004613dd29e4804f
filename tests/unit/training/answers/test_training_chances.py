import numpy as np
import pytest

from rag.answer.rerank.reranking import HitSigns
from rag.answer.trust.confidence import AnswerSigns
from training.answers.chance_rows import ChanceRow
from training.answers.chances import FOLDS, chance, fit_hits, fit_logistic, folds, reranking


def row(group, *, held=True, relevance=0.9):
    hits = ((HitSigns(relevance=0.1, found=0.0), False), (HitSigns(relevance=0.8), held))
    signs = AnswerSigns(relevance=relevance)
    return ChanceRow(group=group, hits=hits, signs=signs, held=held, right=held, made=False)


ROWS = [row(f"g{n}", held=n % 3 > 0, relevance=0.9 if n % 3 else 0.2) for n in range(40)]


def test_a_logistic_regression_finds_the_weights_that_made_the_labels():
    chance_of = np.random.default_rng(1)
    signs = np.column_stack([chance_of.normal(size=4000), np.ones(4000)])
    labels = chance_of.random(4000) < 1 / (1 + np.exp(-(2 * signs[:, 0] - 1)))

    assert fit_logistic(signs, labels.astype(float)) == pytest.approx([2, -1], abs=0.2)


def test_hits_on_right_pages_gain_by_what_tells_them():
    weights = dict(
        zip(["found", "relevance"], fit_hits(ROWS[1:3], ["found", "relevance"]), strict=True)
    )

    assert weights["relevance"] > 0
    assert weights["found"] == pytest.approx(0, abs=1e-6)


def test_no_document_is_on_both_sides_of_a_fold():
    every = list(folds(ROWS))

    assert len(every) == FOLDS
    assert all(not {r.group for r in kept} & {r.group for r in out} for kept, out in every)
    assert sum(len(out) for _, out in every) == len(ROWS)


def test_the_weights_are_shown_as_code_with_what_they_reach():
    assert reranking(ROWS)[0] == "first hit right, out of fold: 100.0 % of 26"
    measured, code = chance(ROWS, "held")
    assert measured.startswith("held: AUROC 1.000")
    assert code.startswith("HELD: Final = Signs(\n    intercept=")
