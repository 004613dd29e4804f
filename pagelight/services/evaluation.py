"""`pagelight eval`: the engine asked questions, or searched for those of judged collections.

Glue between the open workspace and `rag.evaluation`; measures nothing itself. Texts of collections
go the way of any document, each as one, in a workspace of their own that the next run finds again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import prompts
import rag
from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.writer import Writer
from pagelight.services.answering.asking import turns
from pagelight.services.session.assemble import Assembly, assemble
from rag.datamodel import NO_FILTERS, Answer, Attachment, Document, Element, Hit, Query
from rag.errors import IndexMismatchError, PagelightError, SourceError
from rag.evaluation import scoring
from rag.evaluation.questions import (
    ANSWER_WORDS,
    NUGGET_WORDS,
    Collection,
    CollectionText,
    EvaluationQuestion,
    LineError,
    find_collections,
    read_collection,
    read_questions,
)
from rag.evaluation.report import EvaluationReport, Metrics, RecordCache
from rag.evaluation.scoring import record_of
from rag.evaluation.summary import estimate, groups_of, latency_of, metrics_of, quantiles
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.progress import Progress
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.storage.files.folder import EVALUATION_NAME, require_made
from rag.understanding.question.question import understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to evaluate: within how many words, `only` one corpus, the intervals' seed, all anew."""

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


FUSED: Final = "fused"

DOCUMENT_FORM: Final = 2
"""Of `document_of`: change it when a text becomes another document than before."""

DEPTH: Final = 1000
"""More passages than the search returns: all that it finds count."""

MEASURES: Final[dict[str, Callable[[Sequence[str], Mapping[str, int]], float]]] = {
    "ndcg@10": partial(scoring.ndcg_at, k=10),
    "recall@100": partial(scoring.recall_at, k=100),
    "mrr@10": partial(scoring.reciprocal_rank_at, k=10),
}


def evaluate_collections(
    settings: Settings, folder: Path, options: Options, display: Progress
) -> EvaluationReport:
    """Index what is new of each collection, and measure each channel. Raises PagelightError."""
    report = EvaluationReport(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        questions=folder.resolve().name,
        profile="",
        seed=options.seed,
    )
    for collection in map(read_collection, find_collections(folder)):
        name = collection.name
        if not collection.judged:
            raise PagelightError(f"No query of the collection {name} has a relevant text.")
        with _open(settings, collection, fresh=options.fresh) as engine:
            _index(engine, collection, display)
            figures, seconds = _measure(engine, collection, seed=options.seed, display=display)
            errors = [
                LineError(line=error.line, reason=f"{name}, {error.reason}")
                for error in collection.errors
            ]
            report = replace(
                report,
                profile=engine.profile.name,
                models=engine.models,
                errors=(*report.errors, *errors),
                sets={**report.sets, name: figures},
                latency={**report.latency, f"search {name}": quantiles(seconds)},
            )
    return report


def _open(settings: Settings, collection: Collection, *, fresh: bool) -> Engine:
    name = f"{collection.name}-{collection.digest[:12]}-{DOCUMENT_FORM}"
    workspace = settings.workspace / EVALUATION_NAME / "collections" / name
    ours = re.compile(rf"{re.escape(collection.name)}-[0-9a-f]{{12}}-\d+")
    for former in list(workspace.parent.glob("*")):
        if ours.fullmatch(former.name) and (fresh or former != workspace):
            shutil.rmtree(former)
    own = replace(settings, workspace=workspace)
    with suppress(IndexMismatchError):
        return build_engine(own, chunker_version=CHUNKER_VERSION)
    shutil.rmtree(workspace)
    return build_engine(own, chunker_version=CHUNKER_VERSION)


def _index(engine: Engine, collection: Collection, display: Progress) -> None:
    """Store the texts that are not there yet; may be stopped and gone on with."""
    known = engine.index.files()
    new = [(n, text) for n, text in enumerate(collection.texts) if str(n) not in known]
    display.begin(f"Indexing {collection.name}", len(new))

    writer = Writer(
        engine.index,
        engine.embedder,
        on_stored=lambda _document, _files: display.advance(),
        stop=threading.Event(),
    )
    with closing(writer):
        for number, text in new:
            document = document_of(text, source=str(number))
            file = FileRecord(
                source=document.sources[0],
                doc_id=document.id,
                size_bytes=0,
                mtime_ns=0,
                sha256=document.id,
                state="ready",
            )
            writer.add(document, [file])
            if writer.full:
                writer.hand_over()
        writer.flush()


def document_of(text: CollectionText, *, source: str) -> Document:
    """Return a text as a document of one paragraph; `source`, a number, adds no words."""
    digest = hashlib.sha256(f"{text.id}\0{text.title}\0{text.text}".encode()).hexdigest()
    words = text.text if text.text.strip() else text.title
    elements = (Element(role="paragraph", text=words),) if words.strip() else ()
    return Document(
        id=digest, sources=(source,), media_type="text/plain", title=text.title, elements=elements
    )


def _measure(
    engine: Engine, collection: Collection, *, seed: int, display: Progress
) -> tuple[dict[str, Metrics], list[float]]:
    engine.warm()
    display.begin(f"Searching {collection.name}", len(collection.judged))
    scores: dict[str, dict[str, list[float]]] = {
        measure: {channel: [] for channel in CHANNELS} for measure in MEASURES
    }
    seconds = []
    for query in collection.judged:
        for channel, search in CHANNELS.items():
            start = perf_counter()
            hits = search(engine, query.text) if query.text.strip() else []
            if channel == FUSED:
                seconds.append(perf_counter() - start)
            sources = dict.fromkeys(hit.chunk.source for hit in hits)
            run = [collection.texts[int(number)].id for number in sources]
            for name, measure in MEASURES.items():
                scores[name][channel].append(measure(run, collection.qrels[query.id]))
        display.advance()
    figures = {
        name: {channel: estimate(values, seed=seed) for channel, values in by.items()}
        for name, by in scores.items()
    }
    return figures, seconds


CHANNELS: Final[dict[str, Callable[[Engine, str], list[Hit]]]] = {
    "reranked": lambda engine, text: engine.ranked(Query(text=text), k=DEPTH),
    FUSED: lambda engine, text: engine.search(Query(text=text), k=DEPTH),
    "dense": lambda engine, text: engine.index.search_dense(
        engine.embedder.embed_queries([text]), k=DEPTH, filters=NO_FILTERS
    ),
    "lexical": lambda engine, text: engine.index.search_lexical(text, k=DEPTH, filters=NO_FILTERS),
}
"""The searches that are measured: all channels, their hits once the first are read, each alone."""
