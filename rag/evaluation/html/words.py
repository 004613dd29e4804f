"""What each metric is called, and what it says in one plain sentence, for a person.

Knows names of metrics; knows no figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

Unit = Literal["percent", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`label` names the metric, `meaning` says what its figure tells."""

    label: str
    meaning: str
    unit: Unit = "percent"
    lower_is_better: bool = False


_WORDS: Final = {
    "right": Words(
        label="Right",
        meaning="Questions answered with an accepted answer in the first words, or rightly "
        "refused.",
    ),
    "page_hit": Words(
        label="Right page in top {k}",
        meaning="Answerable questions with a right page in the first {hits}.",
    ),
    "recall": Words(
        label="Recall in top {k}",
        meaning="Share of all the right places that stand in the first {hits}.",
    ),
    "ndcg": Words(
        label="nDCG, top {k}",
        meaning="How near the top the right places stand in the first {hits}; 1 is perfect.",
        unit="number",
    ),
    "mrr": Words(
        label="MRR, top {k}",
        meaning="One divided by the rank of the first right place: 1 is first, 0.5 second.",
        unit="number",
    ),
    "answer_contains": Words(
        label="Holds an accepted answer",
        meaning="Answerable questions whose answer holds an accepted answer in its first words.",
    ),
    "shown_contains": Words(
        label="Shows an accepted answer",
        meaning="Answerable questions for which it stands in the first words of what is shown, as"
        " an answer or as the closest places.",
    ),
    "nugget_recall": Words(
        label="Facts in the answer",
        meaning="Share of the facts that must be there that stand in the answer's first words.",
    ),
    "nugget_strict": Words(
        label="All facts in the answer",
        meaning="Answerable questions whose answer holds every such fact in its first words.",
    ),
    "first_passage_recall": Words(
        label="Facts in the first passage",
        meaning="The same share for the text of the first hit alone, cut at as many words.",
    ),
    "first_passage_strict": Words(
        label="All facts in the first passage",
        meaning="Questions for which that text alone holds every fact.",
    ),
    "first_hits_recall": Words(
        label="Facts in the first hits",
        meaning="The same share for the texts of the hits run together, cut at as many words.",
    ),
    "first_hits_strict": Words(
        label="All facts in the first hits",
        meaning="Questions for which those texts hold every fact.",
    ),
    "optional_recall": Words(
        label="Welcome facts in the answer",
        meaning="Share of the facts that are nice to have that stand in the answer's first words.",
    ),
    "first_passage_contains": Words(
        label="First passage holds an accepted answer",
        meaning="The text of the first hit alone, cut at as many words as the answer.",
    ),
    "first_hits_contains": Words(
        label="First hits hold an accepted answer",
        meaning="The texts of the hits run together, cut at as many words as the answer.",
    ),
    "answer_exact": Words(
        label="Exact answer",
        meaning="The answer is an accepted one, word for word; whole quoted sentences never are.",
    ),
    "answer_f1": Words(
        label="Word overlap (F1)",
        meaning="How many words answer and accepted answer share, missing and surplus ones "
        "counted.",
    ),
    "answer_anls": Words(
        label="Letter likeness (ANLS)",
        meaning="How alike answer and accepted answer are letter by letter; under half counts "
        "as 0.",
    ),
    "cited_page": Words(
        label="Cites a right page",
        meaning="Answers of which at least one mark leads to a right page.",
    ),
    "citation_precision": Words(
        label="Right among the marks",
        meaning="Share of an answer's marks that lead to a right page.",
    ),
    "citation_recall": Words(
        label="Right pages cited",
        meaning="Share of the right pages that the answer's marks lead to.",
    ),
    "evidence_coverage": Words(
        label="Evidence quoted",
        meaning="Share of the evidence's words that stand in what is cited.",
    ),
    "box_iou": Words(
        label="Lit box fits (IoU)",
        meaning="How well the lit box and the right box cover each other; 1 is perfect.",
        unit="number",
    ),
    "box_coverage": Words(
        label="Right box lit",
        meaning="Share of the right box that is lit up.",
    ),
    "unanswerable_refused": Words(
        label="Unanswerable, refused",
        meaning="Questions that the documents do not answer, and it said so.",
    ),
    "answerable_refused": Words(
        label="Answerable, refused",
        meaning="Questions that the documents do answer, but it said that they do not.",
        lower_is_better=True,
    ),
    "answerable_nothing": Words(
        label="Answerable, nothing found",
        meaning="Questions that the documents do answer, but it showed no place at all.",
        lower_is_better=True,
    ),
    "abstention_precision": Words(
        label="Refusals that are right",
        meaning="Of all refusals, the share where the documents really do not say.",
    ),
    "abstention_recall": Words(
        label="Unanswerable noticed",
        meaning="Of all questions that the documents do not answer, the share that was refused.",
    ),
    "abstention_f1": Words(
        label="Refusals, both in one (F1)",
        meaning="The harmonic mean of the two figures above.",
    ),
    "aurc": Words(
        label="Risk over coverage (AURC)",
        meaning="Mean share of wrong answers as ever less confident ones are taken in; 0 is "
        "perfect.",
        unit="number",
        lower_is_better=True,
    ),
    "ece": Words(
        label="Calibration error (ECE)",
        meaning="How far the stated confidence lies from the share that is right; 0 is perfect.",
        unit="number",
        lower_is_better=True,
    ),
    "ece_by_chance": Words(
        label="Of that, by chance",
        meaning="What the calibration error would be if every confidence were exactly true: so few"
        " questions leave it.",
        unit="number",
        lower_is_better=True,
    ),
}

STAGES: Final = {
    "first_text": "Until the first words",
    "total": "Whole answer",
}


def words_of(name: str) -> Words:
    """Return the words for a metric such as `page_hit@5`; its bare name where it has none."""
    base, _, k = name.partition("@")
    words = _WORDS.get(base)
    if words is None:
        return Words(label=name, meaning="", unit="number")
    if not k:
        return words
    return replace(
        words,
        label=words.label.format(k=k),
        meaning=words.meaning.format(hits="hit" if k == "1" else f"{k} hits"),
    )


def stage_name(stage: str) -> str:
    return STAGES.get(stage, stage.replace("_", " "))
