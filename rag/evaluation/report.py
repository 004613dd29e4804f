"""What an evaluation found, as values and as JSON. Measures nothing, shows nothing.

The JSON is public: change its shape only with a new `VERSION` and a line in the CHANGELOG.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from rag.decoding import decoded
from rag.errors import PagelightError
from rag.evaluation.questions import EvaluationQuestion, Gold, LineError

VERSION: Final = 2


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
    version: int = VERSION
    models: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    errors: tuple[LineError, ...] = ()
    metrics: dict[str, Metrics] = field(default_factory=dict)
    by: dict[str, dict[str, Metrics]] = field(default_factory=dict)
    latency: dict[str, Quantiles] = field(default_factory=dict)
    records: tuple[QuestionRecord, ...] = ()
    sets: dict[str, dict[str, Metrics]] = field(default_factory=dict)


def write_json(value: object, path: Path) -> None:
    """Write a report or a comparison. Raises PagelightError if the file can't be written."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
    write_text(text + "\n", path)


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
        report = decoded(path.read_bytes(), EvaluationReport)
    except (OSError, ValueError, RecursionError) as error:
        raise PagelightError(
            f"{path} is no report that can be read: {error}.",
            hint="Make one with: pagelight eval QUESTIONS.jsonl --json FILE",
        ) from error
    if report.version != VERSION:
        raise PagelightError(
            f"{path} is no report of version {VERSION}.",
            hint="Make one with: pagelight eval QUESTIONS.jsonl --json FILE",
        )
    return report


def places(gold: Gold) -> list[str]:
    """Return what there is to find: each page of the one file, or each of several files."""
    if len(gold.pages) == 1:
        ((source, pages),) = gold.pages.items()
        return [f"{source} {page}" for page in pages] or [source]
    return list(gold.pages)


def place_of(found: HitRecord | CitationRecord, gold: Gold) -> str | None:
    """Return which of `places` this is; None if it is another place.

    Where the file has no pages, or the question tells none, the file itself is the place.
    """
    pages = gold.pages.get(found.source)
    if pages is None or (found.page is not None and pages and found.page not in pages):
        return None
    if len(gold.pages) == 1 and pages:
        return f"{found.source} {found.page or pages[0]}"
    return found.source
