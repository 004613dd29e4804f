"""What is measured, in words for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """`label` names the metric, `meaning` says what its figure tells."""

    label: str
    meaning: str
    unit: Literal["percent", "number"] = "percent"
    lower_is_better: bool = False

    def shown(self, value: float, *, sign: bool = False) -> str:
        """Return a figure as a person reads it: 93.5 % or 0.801; `sign`: a difference."""
        plus = "+" if sign else ""
        if self.unit == "percent":
            return f"{100 * value:{plus}.1f} %"
        return f"{value:{plus}.3f}"

    def span(self, low: float, high: float) -> str:
        """Return an interval as a person reads it."""
        if self.unit == "percent":
            return f"{100 * low:.1f} to {100 * high:.1f}"
        return f"{low:.3f} to {high:.3f}"


METRICS: Final = {
    "right": Metric(
        "Right", "Questions answered with what is accepted in the first words, or rightly refused."
    ),
    "page_hit@1": Metric(
        "Right page first", "Answerable questions whose first hit is on a right page."
    ),
    "page_hit@5": Metric(
        "Right page in top 5", "Answerable questions with a right page in the first 5 hits."
    ),
    "page_hit@20": Metric(
        "Right page in top 20", "Answerable questions with a right page in the first 20 hits."
    ),
    **{
        f"recall@{k}": Metric(
            f"Recall in top {k}",
            f"Share of all the right places that stand in the first hits, up to {k}.",
        )
        for k in (1, 5, 20)
    },
    "ndcg@10": Metric(
        "nDCG, top 10",
        "How near the top the right places stand in the first 10 hits; 1 is perfect.",
        unit="number",
    ),
    "mrr@10": Metric(
        "MRR, top 10",
        "One divided by the rank of the first right place: 1 is first, 0.5 second.",
        unit="number",
    ),
    "recall@100": Metric(
        "Recall in top 100", "Share of all the right places that stand in the first 100 hits."
    ),
    "nugget_recall": Metric(
        "Facts in the answer",
        "Share of the facts that must be there that stand in the answer's first words.",
    ),
    "nugget_strict": Metric(
        "All facts in the answer",
        "Answerable questions whose answer holds every such fact in its first words.",
    ),
    "optional_recall": Metric(
        "Welcome facts in the answer",
        "Share of the facts that are nice to have that stand in the answer's first words.",
    ),
    "answer_contains": Metric(
        "Holds an accepted answer",
        "Answerable questions whose answer holds an accepted answer in its first words.",
    ),
    "shown_contains": Metric(
        "Shows an accepted answer",
        "The same of what is shown, as an answer or as the closest places.",
    ),
    "cited_page": Metric(
        "Cites a right page", "Answers of which at least one mark leads to a right page."
    ),
    "citation_precision": Metric(
        "Right among the marks", "Share of an answer's marks that lead to a right page."
    ),
    "citation_recall": Metric(
        "Right pages cited", "Share of the right pages that the answer's marks lead to."
    ),
    "evidence_coverage": Metric(
        "Evidence quoted", "Share of the evidence's words that stand in what is cited."
    ),
    "box_iou": Metric(
        "Lit box fits (IoU)",
        "How well the lit box and the right box cover each other; 1 is perfect.",
        unit="number",
    ),
    "unanswerable_refused": Metric(
        "Unanswerable, refused", "Questions that the documents do not answer, and it said so."
    ),
    "answerable_refused": Metric(
        "Answerable, refused",
        "Questions that the documents do answer, but it said that they do not.",
        lower_is_better=True,
    ),
    "answerable_nothing": Metric(
        "Answerable, nothing found",
        "Questions that the documents do answer, but it showed no place at all.",
        lower_is_better=True,
    ),
    "abstention_precision": Metric(
        "Refusals that are right",
        "Of all refusals, the share where the documents really do not say.",
    ),
    "brier": Metric(
        "Squared error of the confidence (Brier)",
        "How far the confidence lies from 1 for right answers, from 0 else; 0 is perfect.",
        unit="number",
        lower_is_better=True,
    ),
    "auroc": Metric(
        "Confidence tells right answers (AUROC)",
        "How often a right answer is the more confident one, beside one that is none.",
        unit="number",
    ),
    "ece": Metric(
        "Calibration error (ECE)",
        "How far the stated confidence lies from the share that is right; 0 is perfect.",
        unit="number",
        lower_is_better=True,
    ),
}
"""All that is measured, in the order that it is shown."""
