"""What an evaluation found, as values and as JSON; kept while it runs, so that it can go on later.

Measures nothing, shows nothing.

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
    """Write a report or a comparison, as `write_text`."""
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
