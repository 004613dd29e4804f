"""What an evaluation found, as values and as JSON; what is measured, in words for a person.

Records are kept while it runs, so that it can go on later. Measures nothing, shows nothing.

The JSON is public: change its shape only with a new `version` and a line in the CHANGELOG.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from rag.closing import Closing
from rag.decoding import decoded
from rag.errors import PagelightError, WorkspaceError
from rag.evaluation.questions import EvaluationQuestion, Gold, LineError

MAX_FILES: Final = 16
"""Of former evaluations; the oldest are deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure over `n` questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


Metrics = dict[str, Estimate]
"""By name: page_hit@5, ndcg@10, answer_contains, …; only those that the questions allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Seconds that half, and 95 %, of `n` questions took at most."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRecord:
    """A place that was retrieved. `text` is its beginning."""

    rank: int
    source: str
    page: int | None
    score: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRecord:
    """A place that the answer cites: `quote` its words."""

    mark: int
    source: str
    page: int | None
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """One question and what became of it.

    `right` is None where the question does not tell what is right; `why` then is "", as it is
    where `right` is true, else one plain sentence. `scores` hold each metric of this question
    that it allows, by the names of `Metrics`. `seconds` maps a stage to its time. `state` is that
    of the answer.
    """

    question: EvaluationQuestion
    standalone_query: str = ""
    answer: str = ""
    answered: bool = False
    state: str = ""
    confidence: float = 0.0
    right: bool | None = None
    why: str = ""
    hits: tuple[HitRecord, ...] = ()
    citations: tuple[CitationRecord, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """One evaluation. `created` is ISO 8601; `questions` the file's or folder's name.

    `metrics` has the one key `all`; `by` maps `modality`, `file_type` and each label to its values;
    `latency` maps a stage to its quantiles. `sets` is filled for collections with judged
    documents alone: name -> metric -> channel (fused, reranked, ...) -> estimate.
    """

    created: str
    questions: str
    profile: str
    seed: int
    version: Literal[2] = 2
    models: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    errors: tuple[LineError, ...] = ()
    metrics: dict[str, Metrics] = field(default_factory=dict)
    by: dict[str, dict[str, Metrics]] = field(default_factory=dict)
    latency: dict[str, Quantiles] = field(default_factory=dict)
    records: tuple[QuestionRecord, ...] = ()
    sets: dict[str, dict[str, Metrics]] = field(default_factory=dict)


def write_json(value: object, path: Path) -> None:
    write_text(f"{json.dumps(msgspec.to_builtins(value), ensure_ascii=False)}\n", path)


def write_text(text: str, path: Path) -> None:
    """Write a file. Raises PagelightError if it can't be written."""
    try:
        # Text of strange documents may hold half a character: shown as a question mark.
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise PagelightError(f"{path} can't be written: {error.strerror}.") from error


def read_report(path: Path) -> EvaluationReport:
    """Read a report that `write_json` wrote. Raises PagelightError for anything else."""
    try:
        return decoded(path.read_bytes(), EvaluationReport)
    except (OSError, ValueError, RecursionError) as error:
        raise PagelightError(
            f"{path} is no report that can be read: {error}.",
            hint="Make one with: pagelight eval QUESTIONS.jsonl --json FILE",
        ) from error


def places(gold: Gold) -> list[str]:
    """Return what there is to find: each page of the one file, or each of several files."""
    if len(gold.pages) == 1:
        ((source, pages),) = gold.pages.items()
        return [f"{source} {page}" for page in pages] or [source]
    return list(gold.pages)


def place_of(found: HitRecord | CitationRecord, gold: Gold) -> str | None:
    """Return which of `places` this is, the file itself where no page is known; else None."""
    pages = gold.pages.get(found.source)
    if pages is None or (found.page is not None and pages and found.page not in pages):
        return None
    if len(gold.pages) == 1 and pages:
        return f"{found.source} {found.page or pages[0]}"
    return found.source


class RecordCache(Closing):
    """The records of one run, at once on disk: valid for one key (program, index, settings)."""

    def __init__(self, folder: Path, key: Mapping[str, Any], *, fresh: bool = False) -> None:
        """Open the file of this key; `fresh` empties it. Raises WorkspaceError if it can't."""
        name = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()
        path = folder / f"{name[:24]}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.touch()
            by_age = sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
            for old in by_age[:-MAX_FILES]:
                old.unlink(missing_ok=True)
            lines = [] if fresh else path.read_bytes().split(b"\n")
            self._file = path.open("wb" if fresh else "ab")
        except OSError as error:
            raise WorkspaceError(
                f"What the evaluation finds can't be kept in {folder}: {error.strerror}.",
                hint="Choose another workspace with --workspace.",
            ) from error
        self._records: dict[str, QuestionRecord] = {}
        for line in lines:
            with suppress(ValueError, RecursionError):  # one that was cut off, or is empty
                record = decoded(line, QuestionRecord)
                self._records[_without_place(record.question)] = record
        self._file.write(b"\n")  # a line that was cut off must not spoil the next one

    def get(self, question: EvaluationQuestion) -> QuestionRecord | None:
        """Return the record of the question, wherever it stood in its file."""
        record = self._records.get(_without_place(question))
        return replace(record, question=question) if record else None

    def add(self, record: QuestionRecord) -> None:
        self._file.write(json.dumps(msgspec.to_builtins(record)).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _without_place(question: EvaluationQuestion) -> str:
    return repr(replace(question, id="", line=0))


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
