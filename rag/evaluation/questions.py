"""Questions with known answers, and collections of texts with judged queries, out of their files.

Questions come as JSON lines; a bad line stops no other. Collections lie as those of BEIR (Thakur et
al., BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation, NeurIPS 2021): a folder with
corpus.jsonl, queries.jsonl (either may be .gz) and qrels.tsv or qrels/test.tsv.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal, TypedDict

import msgspec
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


CORPUS: Final = ("corpus.jsonl", "corpus.jsonl.gz")
QUERIES: Final = ("queries.jsonl", "queries.jsonl.gz")
QRELS: Final = ("qrels.tsv", "qrels/test.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionText:
    """One text of the corpus, or one query (which has no title)."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """`qrels` maps a query's id to the grades of texts. `digest` names the corpus's content."""

    name: str
    digest: str
    texts: tuple[CollectionText, ...]
    queries: tuple[CollectionText, ...]
    qrels: dict[str, dict[str, int]]
    errors: tuple[LineError, ...] = ()

    @property
    def judged(self) -> list[CollectionText]:
        """The queries for which at least one text is relevant: trec_eval's means are over these."""
        return [q for q in self.queries if any(g > 0 for g in self.qrels.get(q.id, {}).values())]


class _Row(msgspec.Struct):
    """A line of corpus or queries: BEIR calls the id `_id`, others `id`."""

    beir_id: str | int | None = msgspec.field(name="_id", default=None)
    id: str | int | None = None
    title: str | None = None
    text: str | None = None


def find_collections(folder: Path) -> list[Path]:
    """Return the folder or the collections in it, by name. Raises PagelightError without any."""
    if _first(folder, CORPUS):
        return [folder]
    found = [path for path in sorted(folder.iterdir()) if path.is_dir() and _first(path, CORPUS)]
    if not found:
        raise PagelightError(
            f"{folder} is no collection of judged texts: there is no corpus.jsonl in it.",
            hint="Give a file of questions, or a folder with corpus.jsonl, queries.jsonl and"
            " qrels.tsv.",
        )
    return found


def read_collection(folder: Path) -> Collection:
    """Read a collection. Raises PagelightError where a file is missing or can't be read."""
    errors: list[LineError] = []
    corpus = _data(folder, CORPUS)
    return Collection(
        name=folder.resolve().name,
        digest=hashlib.sha256(corpus).hexdigest(),
        texts=tuple(_corpus_texts("corpus", corpus, errors)),
        queries=tuple(_corpus_texts("queries", _data(folder, QUERIES), errors)),
        qrels=_qrels(_data(folder, QRELS), errors),
        errors=tuple(errors),
    )


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _data(folder: Path, names: tuple[str, ...]) -> bytes:
    path = _first(folder, names)
    if path is None:
        raise PagelightError(f"The collection {folder} lacks {names[0]}.")
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise PagelightError(f"{path} can't be read: {error}.") from error


def _corpus_texts(name: str, data: bytes, errors: list[LineError]) -> Iterator[CollectionText]:
    """Yield the texts of JSON lines; an id that comes again is told, and its text left out."""
    seen: set[str] = set()
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = decoded(line, _Row)
        except (ValueError, RecursionError) as error:
            errors.append(LineError(line=number, reason=f"{name}: {error}"))
            continue
        key = row.id if row.beir_id is None else row.beir_id
        if key is None or str(key) in seen:
            reason = "it has no id" if key is None else f"the id {key} came before"
            errors.append(LineError(line=number, reason=f"{name}: {reason}"))
            continue
        seen.add(str(key))
        yield CollectionText(id=str(key), title=row.title or "", text=row.text or "")


def _qrels(data: bytes, errors: list[LineError]) -> dict[str, dict[str, int]]:
    """Read query, text and grade of each line, or TREC's four columns; a header is passed over."""
    qrels: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            query, *_, text, grade = line.split()
            qrels[query][text] = int(grade)
        except ValueError:
            if number > 1:
                errors.append(LineError(line=number, reason="qrels: no query, text and grade"))
    return dict(qrels)
