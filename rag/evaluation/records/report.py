"""What an evaluation found, as values and as JSON. Measures nothing, shows nothing.

The JSON is public: change its shape only with a new `VERSION` and a line in the CHANGELOG.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from rag.decoding import converted
from rag.errors import PagelightError

VERSION: Final = 1

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in fractions of the page, from its top left corner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over `n` questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A paired difference (this minus the other), its 95 % interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float


Metrics = dict[str, Estimate]
"""By name: page_hit@5, ndcg@10, answer_contains, …; only those that the questions allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineError:
    """A line of the questions that could not be used, or not be asked."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Seconds that half, and 95 %, of `n` questions took at most."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Questions of like confidence: their mean confidence and the share answered rightly."""

    confidence: float
    accuracy: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """`risk_coverage`: (share answered, share wrong of these), most confident first."""

    risk_coverage: tuple[tuple[float, float], ...] = ()
    reliability: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """The same questions with one part off. Differences: this run minus the whole.

    `by` maps `modality` to its values, and each to its differences.
    """

    metrics: Metrics
    difference: dict[str, Difference]
    by: dict[str, dict[str, dict[str, Difference]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """Where the answer stands, as far as the question tells.

    `pages` are of every source that `pages_of` does not name.
    """

    sources: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    pages_of: dict[str, tuple[int, ...]] = field(default_factory=dict)
    bbox: Box | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRecord:
    """A place that was retrieved. `text` is its beginning."""

    rank: int
    source: str
    page: int | None
    score: float
    text: str
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRecord:
    """A place that the answer cites: `boxes` of its lines, `quote` its words."""

    mark: int
    source: str
    page: int | None
    boxes: tuple[Box, ...] = ()
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """One question and what became of it.

    `right` is None where the question does not tell what is right; `why` then is "", as it is
    where `right` is true, else one plain sentence. `scores` hold each metric of this question
    that it allows, by the names of `Metrics`. `seconds` maps a stage to its time. `labels` are
    the question's own, by the field that told them. `state` is stated, closest or nothing.
    """

    id: str
    line: int
    question: str
    history: tuple[dict[str, str], ...] = ()
    image: str | None = None
    standalone_query: str = ""
    modality: str | None = None
    file_type: str | None = None
    answerable: bool | None = None
    expected: tuple[str, ...] = ()
    match: str = "any"
    nuggets: tuple[tuple[str, ...], ...] = ()
    optional: tuple[tuple[str, ...], ...] = ()
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gold: Gold = field(default_factory=Gold)
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

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every string that an answer may be credited for."""
        return self.expected or tuple(form for forms in self.nuggets for form in forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomShare:
    """Of `share.n` questions, how many have their evidence in a prompt of this size.

    `tokens` of words, at most so many `pictures`; `by` is the same by modality.
    """

    tokens: int
    pictures: int
    share: Estimate
    by: dict[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRooms:
    """Whether the evidence is in what a model that writes is given to read, in one pass.

    `lacking` names the questions (`id`) whose evidence the default prompt does not hold.
    """

    rooms: tuple[RoomShare, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """One evaluation. `created` is ISO 8601; `questions` the file's or folder's name.

    `metrics` has the one key `all`; `by` maps `modality`, `file_type` and each label to its values;
    `latency` maps a stage to its quantiles. `sets` is filled for collections with judged
    documents alone: name -> metric -> channel (fused, dense, lexical) -> estimate. `context` is
    None where reading rooms were not measured.
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
    curves: Curves = field(default_factory=Curves)
    latency: dict[str, Quantiles] = field(default_factory=dict)
    ablations: dict[str, Ablation] = field(default_factory=dict)
    records: tuple[QuestionRecord, ...] = ()
    sets: dict[str, dict[str, dict[str, Estimate]]] = field(default_factory=dict)
    context: ReadingRooms | None = None


def write_report(report: EvaluationReport, path: Path) -> None:
    """Write the report as JSON. Raises PagelightError if the file can't be written."""
    text = json.dumps(msgspec.to_builtins(report), ensure_ascii=False)
    try:
        # Text of strange documents may hold half a character: shown as a question mark.
        path.write_text(text + "\n", encoding="utf-8", errors="replace")
    except OSError as error:
        raise PagelightError(f"The report {path} can't be written: {error}.") from error


def read_report(path: Path) -> EvaluationReport:
    """Read a report that `write_report` wrote. Raises PagelightError for anything else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PagelightError(f"The report {path} can't be read: {error}.") from error
    version = data.get("version") if isinstance(data, dict) else None
    if version != VERSION:
        raise PagelightError(
            f"{path} is no report of version {VERSION}.",
            hint="Make one with: pagelight eval QUESTIONS.jsonl --json FILE",
        )
    try:
        return converted(data, EvaluationReport)
    except msgspec.ValidationError as error:
        raise PagelightError(f"The report {path} is damaged: {error}.") from error
