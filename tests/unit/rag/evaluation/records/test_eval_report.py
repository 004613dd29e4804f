import json

import pytest

from rag.errors import PagelightError
from rag.evaluation.records.report import (
    Ablation,
    Bin,
    CitationRecord,
    Curves,
    Difference,
    Estimate,
    EvaluationReport,
    Gold,
    HitRecord,
    LineError,
    Quantiles,
    QuestionRecord,
    read_report,
    write_report,
)

HALF = Estimate(value=0.5, low=0.25, high=0.75, n=4)

RECORD = QuestionRecord(
    id="q1",
    line=3,
    question="How high?",
    history=({"role": "user", "content": "Which peak?"},),
    expected=("4,478 m",),
    gold=Gold(sources=("a.pdf",), pages=(2,), bbox=(0.1, 0.2, 0.3, 0.4)),
    answer="4,478 m [1]",
    answered=True,
    confidence=0.9,
    right=True,
    hits=(HitRecord(rank=1, source="a.pdf", page=2, score=0.5, text="…"),),
    citations=(CitationRecord(mark=1, source="a.pdf", page=2, boxes=((0.1, 0.2, 0.3, 0.4),)),),
    scores={"page_hit@1": 1.0},
    seconds={"total": 0.4},
)

REPORT = EvaluationReport(
    created="2026-11-20T12:00:00+00:00",
    questions="questions.jsonl",
    profile="embedded",
    seed=0,
    models={"embedder": "MiniLM"},
    settings={"words": 40},
    errors=(LineError(line=7, reason="no question"),),
    metrics={"all": {"page_hit@1": HALF}},
    by={"modality": {"text": {"page_hit@1": HALF}}},
    curves=Curves(
        risk_coverage=((0.5, 0.0), (1.0, 0.5)),
        reliability=(Bin(confidence=0.9, accuracy=1.0, n=2),),
    ),
    latency={"total": Quantiles(p50=0.4, p95=0.6, n=4)},
    ablations={
        "without lexical": Ablation(
            metrics={"page_hit@1": HALF},
            difference={"page_hit@1": Difference(value=-0.1, low=-0.2, high=0.0, p=0.04)},
        )
    },
    records=(RECORD,),
    sets={"scifact": {"ndcg@10": {"fused": HALF}}},
)


def test_a_report_comes_back_from_its_file_as_it_was(tmp_path):
    path = tmp_path / "report.json"

    write_report(REPORT, path)

    assert read_report(path) == REPORT


def kept_with(tmp_path, change):
    """Return the file of a report with an estimate changed; None takes a value out."""
    path = tmp_path / "report.json"
    write_report(REPORT, path)
    data = json.loads(path.read_text())
    half = data["metrics"]["all"]["page_hit@1"] | change
    data["metrics"]["all"]["page_hit@1"] = {k: v for k, v in half.items() if v is not None}
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n": "four"}, "`int`, got `str`"),
        ({"n": True}, "`int`, got `bool`"),
        ({"low": None}, "missing required field `low`"),
    ],
)
def test_a_report_with_a_value_of_another_type_is_refused_by_its_place(tmp_path, change, told):
    with pytest.raises(PagelightError, match=f"is damaged: .*{told}.*metrics"):
        read_report(kept_with(tmp_path, change))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 99}', '{"version": 1}'])
def test_another_file_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)

    with pytest.raises(PagelightError, match=r"other\.json"):
        read_report(path)
