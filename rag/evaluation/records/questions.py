"""Questions with known answers, read from a file of JSON lines. A bad line stops no other.

Knows the fields of a line; knows nothing of documents or answers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from rag.errors import PagelightError
from rag.evaluation.records.nuggets import Nuggets
from rag.evaluation.records.report import Box, Gold, LineError
from rag.question_length import MOST_CHARACTERS

SEVERAL_TYPES: Final = "several"
"""The file type of a question that needs files of more than one type."""

LABELS: Final = ("kind", "format", "kinds", "kind_of_document", "corpus")
"""Fields of a line that sort questions, beside `modality`; a question may have several `kinds`."""

ANSWER_WORDS: Final = 40
"""A person should not have to read further for a short answer, ..."""

NUGGET_WORDS: Final = 120
"""... nor further than this for all facts of a longer one."""

_CORNERS: Final = 4


class LineProblemError(ValueError):
    """Raised for a line, or a field of it, that can't be used; says what belongs there."""


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
    match: str = "any"
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
    def file_type(self) -> str | None:
        """The suffix of the file that holds the answer, without its dot."""
        kinds = {PurePosixPath(s).suffix.lower().removeprefix(".") for s in self.gold.sources}
        if len(kinds) > 1:
            return SEVERAL_TYPES
        return next(iter(kinds), None) or None


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
            errors.append(LineError(line=number, reason=_reason(error)))
    if not questions:
        first = f"line {errors[0].line}: {errors[0].reason}" if errors else "it is empty"
        raise PagelightError(
            f"{path} holds no question ({first}).",
            hint='Write one a line: {"question": "…", "answers": ["…"], "source": "file.pdf"}',
        )
    return questions, errors


def parse_question(data: bytes, *, line: int) -> EvaluationQuestion:
    """Return the question of one line; raises ValueError with the reason if there is none."""
    row = json.loads(data.decode("utf-8"))
    json.dumps(row, ensure_ascii=False).encode()  # raises where an escape is half a character
    if not isinstance(row, dict):
        raise LineProblemError("not a JSON object")
    image = _optional(row, "image", _text)
    text = _optional(row, "question", _text) or ""
    if not text.strip() and not image:
        raise LineProblemError("no question")
    if len(text) > MOST_CHARACTERS:
        raise LineProblemError(f"a question of more than {MOST_CHARACTERS:,} characters")
    answers = tuple(_optional(row, "answers", _several(_answer)) or ())
    nuggets = _nuggets(row, "nuggets")
    answerable = _optional(row, "answerable", _bool)
    return EvaluationQuestion(
        id=_optional(row, "id", _answer) or str(line),
        line=line,
        text=text,
        answers=tuple(answer for answer in answers if answer.strip()),
        match=_optional(row, "match", _match) or "any",
        nuggets=nuggets,
        optional=_nuggets(row, "optional"),
        answerable=True if answerable is None and (answers or nuggets) else answerable,
        gold=_gold(row),
        modality=_optional(row, "modality", _text) or None,
        labels=_labels(row),
        history=tuple(_optional(row, "history", _several(_message)) or ()),
        image=image or None,
    )


def _nuggets(row: Mapping[str, Any], name: str) -> Nuggets:
    """Return facts without empty forms, and none without a form."""
    facts = (_optional(row, name, _several(_several(_answer)))) or ()
    shown = (tuple(form for form in forms if form.strip()) for forms in facts)
    return tuple(forms for forms in shown if forms)


def _labels(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {name: _optional(row, name, _label) for name in LABELS}
    return {name: labels for name, labels in found.items() if labels}


def _gold(row: Mapping[str, Any]) -> Gold:
    """Return the places of a row; beside further sources its pages are those of its own one."""
    source, page = _optional(row, "source", _text), _optional(row, "page", _page)
    places = _optional(row, "sources", _several(_place)) or ()
    sources = [*([source] if source else []), *(place for place, _ in places)]
    pages = [*([page] if page else []), *(_optional(row, "pages", _several(_page)) or ())]
    if source and any(place != source for place, _ in places):
        places, pages = (*places, (source, pages)), []
    return Gold(
        sources=tuple(dict.fromkeys(sources)),
        pages=tuple(dict.fromkeys(pages)),
        pages_of=_pages_of(places),
        bbox=_optional(row, "bbox", _box),
        evidence=_optional(row, "evidence", _text) or None,
    )


def _pages_of(places: Sequence[tuple[str, Sequence[int]]]) -> dict[str, tuple[int, ...]]:
    """Return the pages of each source that tells some, also if it stands there twice."""
    told: dict[str, tuple[int, ...]] = {}
    for source, pages in places:
        if pages:
            told[source] = tuple(dict.fromkeys((*told.get(source, ()), *pages)))
    return told


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


Read = Callable[[Any], Any]
"""A value of a field, checked; raises ValueError that says what belongs there."""


def _optional(row: Mapping[str, Any], name: str, read: Read) -> Any:  # noqa: ANN401 - what `read` gives
    """Return the checked value of a field; None where it is absent or null."""
    if row.get(name) is None:
        return None
    try:
        return read(row[name])
    except ValueError as error:
        raise LineProblemError(f"{name} must be {error}") from None


def _several(read: Read) -> Read:
    def read_all(value: object) -> list[Any]:
        if not isinstance(value, list):
            raise LineProblemError("a list")
        return [read(part) for part in value]

    return read_all


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise LineProblemError("text")
    return value


def _answer(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise LineProblemError("text or a number")
    return str(value)


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise LineProblemError("true or false")
    return value


def _match(value: object) -> str:
    if value not in ("any", "all"):
        raise LineProblemError('"any" or "all"')
    return str(value)


def _page(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise LineProblemError("a page number from 1")
    return value


def _label(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(_several(_text)(value))


def _place(value: object) -> tuple[str, list[int]]:
    """Return a source and its pages, told as its name alone or as an object."""
    if isinstance(value, str):
        return value, []
    if not isinstance(value, dict) or not isinstance(value.get("source"), str):
        raise LineProblemError('names of files, or objects {"source", "pages"}')
    return value["source"], _optional(value, "pages", _several(_page)) or []


def _message(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise LineProblemError('messages {"role", "content"}')
    role, content = value.get("role"), value.get("content")
    if not isinstance(role, str) or not isinstance(content, str):
        raise LineProblemError('messages {"role", "content"}')
    return {"role": role, "content": content}


def _box(value: object) -> Box:
    box = _numbers(value)
    x0, y0, x1, y1 = box
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise LineProblemError(
            "[x0, y0, x1, y1] in fractions of the page, from its top left corner"
        )
    return box


def _numbers(value: object) -> Box:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != _CORNERS:
        raise LineProblemError("four numbers")
    numbers = [float(n) if type(n) in {int, float} else math.nan for n in value]
    if any(math.isnan(n) for n in numbers):
        raise LineProblemError("four numbers")
    return numbers[0], numbers[1], numbers[2], numbers[3]
