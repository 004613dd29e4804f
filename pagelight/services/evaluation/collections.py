"""`pagelight eval` on judged collections: each text indexed as one document, its ranking measured.

Texts go the way of any document: cut, embedded and stored by the same code, in a workspace of
their own that the next run finds again. Knows no metric.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.writer import Writer
from pagelight.services.evaluation.evaluate import Options
from rag.datamodel import NO_FILTERS, Document, Element, Hit, Query
from rag.errors import IndexMismatchError, PagelightError
from rag.evaluation import scoring
from rag.evaluation.collections import (
    Collection,
    CollectionText,
    find_collections,
    read_collection,
)
from rag.evaluation.questions import LineError
from rag.evaluation.report import EvaluationReport, Metrics
from rag.evaluation.summary import estimate, quantiles
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.progress import Progress
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.storage.files.folder import EVALUATION_NAME

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
    """Return the text as a document of one paragraph, its title told beside it.

    `source` is a number: a name without words, so that ids do not take part in the search.
    """
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
