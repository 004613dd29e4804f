"""Our metrics give what well-kept implementations of the same definitions give."""

import random

import numpy as np
import pytest
import pytrec_eval
import torch
from sklearn.metrics import roc_auc_score
from torchmetrics.functional.classification import binary_calibration_error

from rag.evaluation import scoring
from rag.evaluation.summary import BINS, auroc, ece


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

    assert scoring.ndcg_at(run, grades, k=10) == pytest.approx(theirs["ndcg_cut_10"])
    assert scoring.recall_at(run, grades, k=5) == pytest.approx(theirs["recall_5"])
    assert scoring.recall_at(run, grades, k=100) == pytest.approx(theirs["recall_100"])
    assert scoring.hit_at(run, grades, k=1) == theirs["success_1"]
    assert scoring.hit_at(run, grades, k=5) == theirs["success_5"]
    first = scoring.reciprocal_rank_at(run, grades, k=len(run))
    assert first == pytest.approx(theirs["recip_rank"])


@pytest.mark.parametrize("seed", range(5))
def test_confidence_is_judged_as_others_judge_it(seed):
    rng = np.random.default_rng(seed)
    confidence, right = rng.random(200), rng.integers(0, 2, 200)

    theirs = binary_calibration_error(torch.tensor(confidence), torch.tensor(right), n_bins=BINS)

    assert ece(confidence, right) == pytest.approx(theirs.item(), abs=1e-6)
    ours = auroc(confidence[right == 1], confidence[right == 0])
    assert ours == pytest.approx(roc_auc_score(right, confidence))
