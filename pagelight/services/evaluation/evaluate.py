"""`pagelight eval` on questions: the engine asked, what it found kept, and the report made.

Glue between the open workspace and `rag.evaluation`; measures nothing itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import prompts
import rag
from pagelight.services.answering.messages import turns
from pagelight.services.evaluation.chosen import of_corpus, shorten, with_known_sources
from pagelight.services.evaluation.left_out import recipes_without
from pagelight.services.evaluation.reading_rooms import ReadingRoomMeter
from pagelight.services.session.assemble import Assembly, assemble
from rag.answer.question.question import Question, understand
from rag.datamodel import Answer, Attachment, Filters, Query
from rag.engine.engine import Engine
from rag.engine.recipe import WHOLE, Recipe
from rag.errors import PagelightError, SourceError
from rag.evaluation.measures.evidence_held import is_judged
from rag.evaluation.measures.summary import (
    ablation_of,
    curves_of,
    groups_of,
    latency_of,
    metrics_of,
)
from rag.evaluation.records.kept import KeptRecords
from rag.evaluation.records.questions import (
    ANSWER_WORDS,
    NUGGET_WORDS,
    EvaluationQuestion,
    read_questions,
)
from rag.evaluation.records.report import (
    Ablation,
    EvaluationReport,
    QuestionRecord,
    ReadingRooms,
)
from rag.evaluation.runner import Way, run
from rag.progress import Progress
from rag.settings import Settings
from rag.storage.database.folder import EVALUATION_NAME, require_made

Ask = Callable[[Question], Iterator[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to evaluate. `words`: within how many an answer must come. `fresh`: keep nothing.

    `only`: the questions of this corpus alone. `scoped`: each is asked of its own documents alone.
    `ablate`: what is left out in turn, PARTS or names of parts. `context`: nothing is answered;
    whether the evidence is in what a model that writes would read is measured.
    """

    words: int | None = None
    only: str = ""
    scoped: bool = False
    seed: int = 0
    ablate: tuple[str, ...] = ()
    fresh: bool = False
    context: bool = False

    def __post_init__(self) -> None:
        """Raises SettingsError for a part that there is not."""
        recipes_without(self.ablate, pictures=True)


def evaluate_questions(
    settings: Settings, path: Path, options: Options, display: Progress
) -> EvaluationReport:
    """Ask every question of the file and report how the answers fit.

    Raises PagelightError where the questions or the workspace can't be used.
    """
    questions, errors = read_questions(path)
    questions = of_corpus(questions, options.only, path)
    with _open(settings) as parts, ExitStack() as stack:
        questions, unknown = with_known_sources(questions, parts.engine)
        asking = _Asking(parts, path, options, stack)
        if options.context:
            report = _report(path, settings, parts.engine, options, ())
            rooms = asking.rooms(questions, display)
            return replace(report, metrics={}, errors=(*errors, *unknown), context=rooms)
        display.begin("Asking", len(questions))
        whole = run(questions, [asking.way(WHOLE)], words=options.words, on_done=display.advance)
        records = [record for (record,) in whole.records]
        if not records:
            first = whole.errors[0]
            raise PagelightError(
                f"None of the {len(questions)} questions of {path} could be asked.",
                hint=f"Line {first.line}: {first.reason}",
            )
        ablations = _ablate(questions, records, asking, options, display)
        report = _report(path, settings, parts.engine, options, records)
        problems = sorted((*errors, *unknown, *whole.errors), key=lambda error: error.line)
        return replace(report, errors=tuple(problems), ablations=ablations)


@contextmanager
def _open(settings: Settings) -> Iterator[Assembly]:
    """Open the workspace with its models. Raises WorkspaceError where nothing was read yet."""
    require_made(settings.workspace)
    parts = assemble(settings)
    try:
        parts.engine.warm()
        parts.engine.warm_writer()
        yield parts
    finally:
        parts.close()


class _Asking:
    """The ways to ask: one for each recipe, each with its kept records."""

    def __init__(self, parts: Assembly, path: Path, options: Options, stack: ExitStack) -> None:
        self._parts = parts
        self._folder = path.resolve().parent
        self._options = options
        self._stack = stack
        self._last: EvaluationQuestion | None = None
        self._understood: Question | None = None
        self._key = {
            "program": program_digest(),
            "index": parts.engine.index.fingerprint(),
            "models": parts.engine.models,
            "unseen": _unseen(parts.engine),
            "limits": asdict(parts.engine.limits),
            "words": options.words,
            "scoped": options.scoped,
            "pictures": str(self._folder),
        }

    @property
    def seeing(self) -> bool:
        """Whether an image model takes part: it finds pictures by words too."""
        return self._parts.engine.sight is not None

    def way(self, recipe: Recipe) -> Way:
        engine = self._parts.engine
        kept = KeptRecords(
            engine.index.workspace / EVALUATION_NAME / "records",
            {**self._key, "recipe": asdict(recipe)},
            fresh=self._options.fresh,
        )
        ask = engine.answer if recipe == WHOLE else engine.variant(recipe).ask
        return Way(
            ask=lambda question: self._ask(ask, question),
            kept=self._stack.enter_context(kept),
        )

    def _ask(self, ask: Ask, question: EvaluationQuestion) -> Answer:
        (*_, answer) = ask(self._asked(question))
        return answer

    def rooms(self, questions: Sequence[EvaluationQuestion], display: Progress) -> ReadingRooms:
        """Gather what would be read for each judged question, and look for the evidence in it."""
        judged = [question for question in questions if is_judged(question)]
        display.begin("Gathering", len(judged))
        meter = ReadingRoomMeter(
            self._parts.engine,
            self._made,
            seed=self._options.seed,
        )
        return meter.over(judged, on_done=display.advance)

    def _asked(self, question: EvaluationQuestion) -> Question:
        """Return the question as it is asked: all ways share what is found for it."""
        if self._last is not question or self._understood is None:
            self._last, self._understood = question, self._made(question)
        return self._understood

    def _made(self, question: EvaluationQuestion) -> Question:
        within = question.gold.sources if self._options.scoped else ()
        query = Query(
            text=question.text,
            attachments=self._attached(question),
            filters=Filters(within=within),
        )
        return understand(query, turns(question.history))

    def _attached(self, question: EvaluationQuestion) -> tuple[Attachment, ...]:
        if not question.image:
            return ()
        path = self._folder / question.image
        if not _is_file(path):
            raise SourceError(f"The picture {shorten(question.image)} is not there.")
        return (self._parts.attach(path),)


def _is_file(path: Path) -> bool:
    with suppress(OSError, ValueError):  # a name that no file can have
        return path.is_file()
    return False


def _unseen(engine: Engine) -> list[str]:
    """Return what the image model lacks, if there is one: records kept before are others."""
    return [finding.problem for finding in engine.sight.check()] if engine.sight else []


def _ablate(
    questions: Sequence[EvaluationQuestion],
    whole: Sequence[QuestionRecord],
    asking: _Asking,
    options: Options,
    display: Progress,
) -> dict[str, Ablation]:
    """Ask again with each part or rule off in turn, and compare; nothing unless it is wanted."""
    if not options.ablate:
        return {}
    asked = {record.line for record in whole}
    again = [question for question in questions if question.line in asked]
    seeing = asking.seeing or any(question.image for question in again)
    recipes = recipes_without(options.ablate, pictures=seeing)
    display.begin("Asking with parts left out", len(again))
    ways = [asking.way(recipe) for recipe in recipes.values()]
    outcome = run(again, ways, words=options.words, on_done=display.advance)
    if not outcome.records:
        return {}
    done = {records[0].line for records in outcome.records}
    compared = [record for record in whole if record.line in done]
    columns = zip(*outcome.records, strict=True)
    return {
        name: ablation_of(records, compared, seed=options.seed)
        for name, records in zip(recipes, columns, strict=True)
    }


def _report(
    path: Path,
    settings: Settings,
    engine: Engine,
    options: Options,
    records: Sequence[QuestionRecord],
) -> EvaluationReport:
    return EvaluationReport(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        questions=path.name,
        profile=engine.profile.name,
        models=engine.models,
        seed=options.seed,
        settings=_settings(settings, engine, options),
        metrics={"all": metrics_of(records, seed=options.seed)},
        by=groups_of(records, seed=options.seed),
        curves=curves_of(records),
        latency=latency_of(records),
        records=tuple(records),
    )


def _settings(settings: Settings, engine: Engine, options: Options) -> dict[str, Any]:
    records = [record for record in engine.index.documents() if record.state == "ready"]
    return {
        "words": options.words or ANSWER_WORDS,
        "nugget_words": options.words or NUGGET_WORDS,
        "only": options.only,
        "scoped": options.scoped,
        **asdict(engine.limits),
        "ocr": settings.ocr,
        "documents": len(records),
        "chunks": sum(record.chunk_count for record in records),
    }


def program_digest() -> str:
    """Return a hash of all that finds and answers: another program, other records."""
    digest = hashlib.sha256()
    for folder in (rag, prompts):
        for path in sorted(Path(folder.__path__[0]).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
