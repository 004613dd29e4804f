"""`pagelight eval` on questions: the engine asked, what it found kept, and the report made.

Glue between the open workspace and `rag.evaluation`; measures nothing itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import prompts
import rag
from pagelight.services.answering.asking import turns
from pagelight.services.session.assemble import Assembly, assemble
from rag.datamodel import Answer, Attachment, Query
from rag.errors import PagelightError, SourceError
from rag.evaluation.questions import (
    ANSWER_WORDS,
    NUGGET_WORDS,
    EvaluationQuestion,
    LineError,
    read_questions,
)
from rag.evaluation.report import EvaluationReport, RecordCache
from rag.evaluation.scoring import record_of
from rag.evaluation.summary import groups_of, latency_of, metrics_of
from rag.pipeline.engine.engine import Engine
from rag.progress import Progress
from rag.settings import Settings
from rag.storage.files.folder import EVALUATION_NAME, require_made
from rag.understanding.question.question import understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to evaluate. `words`: within how many an answer must come. `fresh`: keep nothing.

    `only`: the questions of this corpus alone. `seed`: of the intervals.
    """

    words: int | None = None
    only: str = ""
    seed: int = 0
    fresh: bool = False


def evaluate_questions(
    settings: Settings, path: Path, options: Options, display: Progress
) -> EvaluationReport:
    """Ask every question of the file and report how the answers fit. Raises PagelightError."""
    questions, errors = read_questions(path)
    questions = of_corpus(questions, options.only, path)
    require_made(settings.workspace)
    with ExitStack() as stack:
        parts = stack.enter_context(closing(assemble(settings)))
        parts.engine.warm()
        parts.engine.warm_writer()
        known = stack.enter_context(_records(parts, path, options))
        questions, unknown = with_known_sources(questions, parts.engine)
        display.begin("Asking", len(questions))
        records, failed = [], []
        for question in questions:
            try:
                record = known.get(question)
                if record is None:
                    answer = _answer(parts, path, question)
                    record = record_of(question, answer, words=options.words or question.words)
                    known.add(record)
                records.append(record)
            except PagelightError as error:
                failed.append(LineError(line=question.line, reason=str(error)))
            display.advance()
        if not records:
            raise PagelightError(
                f"None of the {len(questions)} questions of {path} could be asked.",
                hint=f"Line {failed[0].line}: {failed[0].reason}",
            )
        return EvaluationReport(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            questions=path.name,
            profile=parts.engine.profile.name,
            models=parts.engine.models,
            seed=options.seed,
            settings=_settings(settings, parts.engine, options),
            errors=tuple(sorted((*errors, *unknown, *failed), key=lambda error: error.line)),
            metrics={"all": metrics_of(records, seed=options.seed)},
            by=groups_of(records, seed=options.seed),
            latency=latency_of(records),
            records=tuple(records),
        )


def of_corpus(
    questions: list[EvaluationQuestion], corpus: str, path: Path
) -> list[EvaluationQuestion]:
    """Return the questions of one corpus; "" means all. Raises PagelightError if there is none."""
    chosen = [q for q in questions if not corpus or corpus in q.labels.get("corpus", ())]
    if not chosen:
        named = sorted({name for q in questions for name in q.labels.get("corpus", ())})
        raise PagelightError(
            f"No question of {path} is of the corpus {corpus}.",
            hint=f"It has: {', '.join(named)}" if named else 'Its lines have no field "corpus".',
        )
    return chosen


def with_known_sources(
    questions: Sequence[EvaluationQuestion], engine: Engine
) -> tuple[list[EvaluationQuestion], list[LineError]]:
    """Name each gold file as hits name it; those that are not in the index are asked, and told."""
    shown = {
        source: record.sources[0]
        for record in engine.index.documents()
        for source in record.sources
        if record.state == "ready"
    }
    renamed, errors = [], []
    for question in questions:
        gold = question.gold
        pages = {shown.get(source, source): pages for source, pages in gold.pages.items()}
        renamed.append(replace(question, gold=replace(gold, pages=pages)))
        unknown = ", ".join(source[-100:] for source in gold.pages if source not in shown)
        if unknown:
            reason = f"asked, but {unknown} is not in the index"
            errors.append(LineError(line=question.line, reason=reason))
    return renamed, errors


def _records(parts: Assembly, path: Path, options: Options) -> RecordCache:
    engine = parts.engine
    sight = engine.active.sight
    key = {
        "program": _program_digest(),
        "index": engine.index.fingerprint(),
        "models": engine.models,
        # What the image model lacks, if there is one.
        "unseen": [finding.problem for finding in sight.check()] if sight else [],
        "limits": asdict(engine.limits),
        "words": options.words,
        "pictures": str(path.resolve().parent),
    }
    folder = engine.index.workspace / EVALUATION_NAME / "records"
    return RecordCache(folder, key, fresh=options.fresh)


def _answer(parts: Assembly, path: Path, question: EvaluationQuestion) -> Answer:
    attachments: tuple[Attachment, ...] = ()
    if question.image:
        picture = path.resolve().parent / question.image
        with suppress(OSError, ValueError):  # a name that no file can have
            attachments = (parts.attach(picture),) if picture.is_file() else ()
        if not attachments:
            raise SourceError(f"The picture {question.image[-100:]} is not there.")
    query = Query(text=question.text, attachments=attachments)
    *_, answer = parts.engine.answer(understand(query, turns(question.history)))
    return answer


def _settings(settings: Settings, engine: Engine, options: Options) -> dict[str, Any]:
    records = [record for record in engine.index.documents() if record.state == "ready"]
    return {
        "words": options.words or ANSWER_WORDS,
        "nugget_words": options.words or NUGGET_WORDS,
        "only": options.only,
        **asdict(engine.limits),
        "ocr": settings.ocr,
        "documents": len(records),
        "chunks": sum(record.chunk_count for record in records),
    }


def _program_digest() -> str:
    """Return a hash of all that finds and answers: another program, other records."""
    digest = hashlib.sha256()
    for folder in (rag, prompts):
        for path in sorted(Path(folder.__path__[0]).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
