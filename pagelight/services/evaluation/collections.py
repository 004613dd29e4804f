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
from pathlib import Path
from time import perf_counter
from typing import Final, Protocol

import numpy as np

from ingest.chunking.chunker import CHUNKER_VERSION, chunk_document
from ingest.pipeline.writer import Writer
from pagelight.services.evaluation.evaluate import Options
from rag.datamodel import Document, Element, Hit, Query
from rag.engine.build import build_engine
from rag.engine.engine import Engine
from rag.engine.recipe import WHOLE, Recipe
from rag.errors import IndexMismatchError, PagelightError
from rag.evaluation.measures import ranking
from rag.evaluation.measures.bootstrap import estimate
from rag.evaluation.measures.collections import (
    Collection,
    CollectionText,
    find_collections,
    read_collection,
)
from rag.evaluation.measures.summary import quantiles
from rag.evaluation.records.report import Estimate, EvaluationReport, LineError
from rag.progress import Progress
from rag.settings import Settings
from rag.storage.database.folder import EVALUATION_NAME
from rag.storage.documents.records import FileRecord

WHOLE_CHANNEL: Final = "fused"
CHANNELS: Final = {
    WHOLE_CHANNEL: WHOLE,
    "dense": Recipe(lexical=False),
    "lexical": Recipe(dense=False),
}

RERANKED: Final = "reranked"
"""The order of the whole channel once its first hits are read with the query."""

DOCUMENT_FORM: Final = 2
"""Of `document_of`: change it when a text becomes another document than before."""

DEPTH: Final = 1000
"""More passages than the search returns: all that it finds count."""

Grades = Mapping[str, int]

MEASURES: Final[dict[str, Callable[[Sequence[str], Grades], float]]] = {
    "ndcg@10": lambda run, grades: ranking.ndcg_at(run, grades, k=10),
    "recall@100": lambda run, grades: ranking.recall_at(run, grades, k=100),
    "mrr@10": lambda run, grades: ranking.reciprocal_rank_at(run, grades, k=10),
}


def evaluate_collections(
    settings: Settings, folder: Path, options: Options, display: Progress
) -> EvaluationReport:
    """Index what is new of each collection, and measure the ranking of each channel.

    Raises PagelightError where the folder holds no collection or one can't be read.
    """
    report = EvaluationReport(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        questions=folder.resolve().name,
        profile="",
        seed=options.seed,
    )
    for path in find_collections(folder):
        report = _with_collection(report, read_collection(path), settings, options, display)
    return report


def _with_collection(
    report: EvaluationReport,
    collection: Collection,
    settings: Settings,
    options: Options,
    display: Progress,
) -> EvaluationReport:
    if not collection.judged:
        raise PagelightError(f"No query of the collection {collection.name} has a relevant text.")
    with _open(settings, collection, fresh=options.fresh) as engine:
        _index(engine, collection, display)
        figures, seconds = _measure(engine, collection, seed=options.seed, display=display)
        errors = [
            LineError(line=error.line, reason=f"{collection.name}, {error.reason}")
            for error in collection.errors
        ]
        return replace(
            report,
            profile=engine.profile.name,
            models=engine.models,
            errors=(*report.errors, *errors),
            sets={**report.sets, collection.name: figures},
            latency={**report.latency, f"search {collection.name}": quantiles(seconds)},
        )


def _open(settings: Settings, collection: Collection, *, fresh: bool) -> Engine:
    """Open the collection's own workspace; one that no longer fits is made anew."""
    workspace = workspace_of(settings, collection)
    for former in _workspaces(workspace.parent, collection.name):
        if fresh or former != workspace:
            shutil.rmtree(former)
    own = replace(settings, workspace=workspace)
    with suppress(IndexMismatchError):
        return build_engine(own, chunker_version=CHUNKER_VERSION)
    shutil.rmtree(workspace)
    return build_engine(own, chunker_version=CHUNKER_VERSION)


def workspace_of(settings: Settings, collection: Collection) -> Path:
    """Return the folder in which the collection is indexed."""
    name = f"{collection.name}-{collection.digest[:12]}-{DOCUMENT_FORM}"
    return settings.workspace / EVALUATION_NAME / "collections" / name


def _workspaces(folder: Path, name: str) -> list[Path]:
    """Return the workspaces that were made for a collection of this name."""
    ours = re.compile(rf"{re.escape(name)}-[0-9a-f]{{12}}-\d+")
    found = folder.iterdir() if folder.is_dir() else ()
    return [path for path in found if ours.fullmatch(path.name)]


def _index(engine: Engine, collection: Collection, display: Progress) -> None:
    """Store the texts that are not there yet; may be stopped and gone on with."""
    known = engine.index.files()
    new = [(n, text) for n, text in enumerate(collection.texts) if str(n) not in known]
    display.begin(f"Indexing {collection.name}", len(new))

    def failed(document: Document, files: Sequence[FileRecord], error: Exception) -> None:
        del document, files
        raise error

    writer = Writer(
        engine.index,
        engine.embedder,
        chunk_document,
        on_stored=lambda _document, _files: display.advance(),
        on_unstored=failed,
        stop=threading.Event(),
    )
    with closing(writer):
        for number, text in new:
            document = document_of(text, source=str(number))
            writer.add(document, [_file(document)], seconds=0)
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


def _file(document: Document) -> FileRecord:
    return FileRecord(
        source=document.sources[0],
        doc_id=document.id,
        size_bytes=0,
        mtime_ns=0,
        sha256=document.id,
        state="ready",
    )


def _measure(
    engine: Engine, collection: Collection, *, seed: int, display: Progress
) -> tuple[dict[str, dict[str, Estimate]], list[float]]:
    """Return each metric of each channel, and the seconds of each search of all channels."""
    engine.warm()
    pipelines = {name: engine.variant(recipe) for name, recipe in CHANNELS.items()}
    display.begin(f"Searching {collection.name}", len(collection.judged))
    runs: dict[str, list[list[str]]] = {name: [] for name in (RERANKED, *CHANNELS)}
    seconds = []
    for query in collection.judged:
        runs[RERANKED].append(ranked(pipelines[WHOLE_CHANNEL].search.ranked, query, collection))
        for channel, pipeline in pipelines.items():
            start = perf_counter()
            runs[channel].append(ranked(pipeline.search.found, query, collection))
            if channel == WHOLE_CHANNEL:
                seconds.append(perf_counter() - start)
        display.advance()
    grades = [collection.qrels[query.id] for query in collection.judged]
    figures = {
        metric: {channel: _figure(measure, runs[channel], grades, seed=seed) for channel in runs}
        for metric, measure in MEASURES.items()
    }
    return figures, seconds


def _figure(
    measure: Callable[[Sequence[str], Grades], float],
    runs: Sequence[Sequence[str]],
    grades: Sequence[Grades],
    *,
    seed: int,
) -> Estimate:
    scores = [measure(run, judged) for run, judged in zip(runs, grades, strict=True)]
    found = estimate(np.array(scores).reshape(-1, 1), seed=seed)
    if found is None:
        raise ValueError("no query to measure")
    return found


class Search(Protocol):
    """`Pipeline.search` or `Pipeline.rank`."""

    def __call__(self, query: Query, /, *, k: int) -> list[Hit]: ...


def ranked(search: Search, query: CollectionText, collection: Collection) -> list[str]:
    """Return the ids of texts, each at the rank of its best passage."""
    hits = search(Query(text=query.text), k=DEPTH) if query.text.strip() else []
    return [collection.texts[int(n)].id for n in dict.fromkeys(hit.chunk.source for hit in hits)]
