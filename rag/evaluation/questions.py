"""Questions with known answers, from a file of JSON lines. A bad line stops no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal, TypedDict

from msgspec import Meta

from rag.decoding import decoded
from rag.errors import PagelightError
from rag.question_length import MAX_CHARACTERS

SEVERAL_TYPES: Final = "several"
"""The file type of a question that needs files of more than one type."""

LABELS: Final = ("kind", "format", "kinds", "kind_of_document", "corpus")
"""Fields of a line that sort questions, beside `modality`; a question may have several `kinds`."""

ANSWER_WORDS: Final = 40
"""A person should not have to read further for a short answer, ..."""

NUGGET_WORDS: Final = 120
"""... nor further than this for all facts of a longer one."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in fractions of the page, from its top left corner."""

Nuggets = tuple[tuple[str, ...], ...]
"""Facts; each one is a tuple of forms of which one is enough."""

Page = Annotated[int, Meta(ge=1)]
Accepted = str | int | float
Label = str | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineError:
    """A line of the questions that could not be used, or not be asked."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """Where the answer stands, as far as the question tells: pages by source, none if not told."""

    pages: dict[str, tuple[int, ...]] = field(default_factory=dict)
    bbox: Box | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationQuestion:
    """One line. `line` counts from 1; `image` is a path as the line tells it.

    `answerable` is None where the line does not tell; accepted answers or nuggets tell that it is.
    `history` holds messages {"role", "content"}, oldest first.
    """

    id: str
    line: int
    text: str
    answers: tuple[str, ...] = ()
    match: Literal["any", "all"] = "any"
    nuggets: Nuggets = ()
    optional: Nuggets = ()
    answerable: bool | None = None
    gold: Gold = field(default_factory=Gold)
    modality: str | None = None
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    history: tuple[dict[str, str], ...] = ()
    image: str | None = None

    @property
    def words(self) -> int:
        """Within how many words its answer should come."""
        return NUGGET_WORDS if self.nuggets else ANSWER_WORDS

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every string that an answer may be credited for."""
        return self.answers or tuple(form for forms in self.nuggets for form in forms)

    @property
    def file_type(self) -> str | None:
        """The suffix of the file that holds the answer, without its dot."""
        kinds = {PurePosixPath(s).suffix.lower().removeprefix(".") for s in self.gold.pages}
        if len(kinds) > 1:
            return SEVERAL_TYPES
        return next(iter(kinds), None) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    source: str
    pages: list[Page] | None = None


class _Message(TypedDict):
    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """The fields of a line as JSON has them; others are passed over."""

    id: Accepted | None = None
    question: str | None = None
    answers: list[Accepted] | None = None
    match: Literal["any", "all"] | None = None
    nuggets: list[list[Accepted]] | None = None
    optional: list[list[Accepted]] | None = None
    answerable: bool | None = None
    source: str | None = None
    page: Page | None = None
    sources: list[str | _Place] | None = None
    pages: list[Page] | None = None
    bbox: Box | None = None
    evidence: str | None = None
    modality: str | None = None
    kind: Label | None = None
    format: Label | None = None
    kinds: Label | None = None
    kind_of_document: Label | None = None
    corpus: Label | None = None
    history: list[_Message] | None = None
    image: str | None = None


def read_questions(path: Path) -> tuple[list[EvaluationQuestion], list[LineError]]:
    """Return the questions of the file, and the lines that can't be used, each with its reason.

    Empty lines are passed over. Raises PagelightError if the file can't be read or has no
    question at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PagelightError(
            f"The questions {path} can't be read: {error.strerror or error}."
        ) from error
    questions, errors = [], []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            questions.append(parse_question(line, line=number))
        except (ValueError, RecursionError) as error:
            errors.append(LineError(line=number, reason=str(error)))
    if not questions:
        first = f"line {errors[0].line}: {errors[0].reason}" if errors else "it is empty"
        raise PagelightError(
            f"{path} holds no question ({first}).",
            hint='Write one a line: {"question": "…", "answers": ["…"], "source": "file.pdf"}',
        )
    return questions, errors


def parse_question(data: bytes, *, line: int) -> EvaluationQuestion:
    """Return the question of one line; raises ValueError with the reason if there is none."""
    row = decoded(data, _Line)
    text = row.question or ""
    if not text.strip() and not row.image:
        raise ValueError("no question")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"a question of more than {MAX_CHARACTERS:,} characters")
    answers, nuggets = _texts(row.answers or ()), _facts(row.nuggets)
    known = bool(row.answers or nuggets)
    return EvaluationQuestion(
        id=str(row.id or line),
        line=line,
        text=text,
        answers=answers,
        match=row.match or "any",
        nuggets=nuggets,
        optional=_facts(row.optional),
        answerable=True if row.answerable is None and known else row.answerable,
        gold=_gold(row),
        modality=row.modality or None,
        labels={
            name: (label,) if isinstance(label, str) else tuple(label)
            for name in LABELS
            if (label := getattr(row, name))
        },
        history=tuple({"role": m["role"], "content": m["content"]} for m in row.history or ()),
        image=row.image or None,
    )


def _texts(values: Iterable[Accepted]) -> tuple[str, ...]:
    return tuple(text for value in values if (text := str(value)).strip())


def _facts(facts: list[list[Accepted]] | None) -> Nuggets:
    return tuple(forms for fact in facts or () if (forms := _texts(fact)))


def _gold(row: _Line) -> Gold:
    """Return the places of a row; pages beside `source` are its own, else of all that name none."""
    if row.bbox is not None:
        x0, y0, x1, y1 = row.bbox
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise ValueError("bbox must be fractions of the page, from its top left corner")
    shared = [*([row.page] if row.page else []), *(row.pages or ())]
    pages: dict[str, list[int]] = {row.source: shared} if row.source else {}
    for place in row.sources or ():
        source = place if isinstance(place, str) else place.source
        own = [] if isinstance(place, str) else place.pages or []
        pages[source] = [*pages.get(source, []), *(own or ([] if row.source else shared))]
    return Gold(
        pages={source: tuple(dict.fromkeys(its)) for source, its in pages.items()},
        bbox=row.bbox,
        evidence=row.evidence or None,
    )
