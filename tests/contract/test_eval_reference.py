"""Our metrics give what well-kept implementations of the same definitions give."""

import random

import numpy as np
import pytest
import pytrec_eval
import torch
from torchmetrics.functional.classification import binary_calibration_error
from torchmetrics.functional.text import squad

from rag.evaluation.measures import confidence_metrics, ranking
from rag.evaluation.records import text_match

TEXTS = (
    "The Eiffel Tower",
    "eiffel tower.",
    "An apple, a pear & the U.S.A.",
    "1,234.5 km",
    "12345 km",
    "",
    "a",
    "in Paris, in Paris",
    "Paris",
    "–5 °C in the hut",
)


def a_run_and_grades(seed):
    draw = random.Random(seed)
    ids = [f"d{n}" for n in range(150)]
    run = draw.sample(ids, draw.randint(1, 130))
    grades = {item: draw.choice((0, 0, 1, 1, 2, 3)) for item in draw.sample(ids, 12)}
    return run, grades | {"unseen": 1}


@pytest.mark.parametrize("seed", range(25))
def test_ranking_is_as_trec_eval_has_it(seed):
    run, grades = a_run_and_grades(seed)
    measures = {"ndcg_cut.10", "recall.5,100", "recip_rank", "success.1,5"}
    scores = {item: float(-rank) for rank, item in enumerate(run)}

    theirs = pytrec_eval.RelevanceEvaluator({"q": grades}, measures).evaluate({"q": scores})["q"]

    assert ranking.ndcg_at(run, grades, k=10) == pytest.approx(theirs["ndcg_cut_10"])
    assert ranking.recall_at(run, grades, k=5) == pytest.approx(theirs["recall_5"])
    assert ranking.recall_at(run, grades, k=100) == pytest.approx(theirs["recall_100"])
    assert ranking.hit_at(run, grades, k=1) == theirs["success_1"]
    assert ranking.hit_at(run, grades, k=5) == theirs["success_5"]
    first = ranking.reciprocal_rank_at(run, grades, k=len(run))
    assert first == pytest.approx(theirs["recip_rank"])


@pytest.mark.parametrize("text", TEXTS)
def test_exact_and_f1_are_as_the_squad_script_has_them(text):
    for n, expected in enumerate(zip(TEXTS, reversed(TEXTS), strict=True)):
        theirs = squad(
            [{"prediction_text": text, "id": str(n)}],
            [{"answers": {"answer_start": [0, 0], "text": list(expected)}, "id": str(n)}],
        )

        assert 100 * text_match.exact(text, expected) == theirs["exact_match"].item()
        # torchmetrics gives 0 to two empty texts, where the script of version 2.0 gives 1.
        if text_match.squad_normalised(text):
            ours = 100 * text_match.f1(text, expected)
            assert ours == pytest.approx(theirs["f1"].item(), abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_calibration_error_is_as_others_compute_it(seed):
    rng = np.random.default_rng(seed)
    rows = np.stack([rng.random(200), rng.integers(0, 2, 200)], axis=-1)

    theirs = binary_calibration_error(
        torch.tensor(rows[:, 0]), torch.tensor(rows[:, 1]), n_bins=confidence_metrics.BINS
    )

    (ours,) = confidence_metrics.ece(rows[np.newaxis])
    assert ours == pytest.approx(theirs.item(), abs=1e-6)
