"""Settings to real objects: the only place that knows which class stands behind each seam."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rag.answer.asked import asked_of_passage
from rag.answer.collection import TableAsker
from rag.answer.confidence import Confidence
from rag.answer.evidence import EvidenceScorer
from rag.answer.explain import asked_words
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.figures import Figures
from rag.answer.pipeline import Limits, Pipeline
from rag.answer.ranking import AnswerRanker
from rag.answer.reading import Readings
from rag.answer.region import RegionQuoter
from rag.answer.reranking import EvidenceReranker
from rag.answer.summary import Summarizer, chosen
from rag.answer.summary_wish import summary_wish
from rag.answer.verify import Verifier
from rag.datamodel import Answer, Chunk, Hit, Prompt, Query, Turn
from rag.errors import PagelightError
from rag.gauge import UNTOLD, Gauge
from rag.index.assets import decode
from rag.index.per_document import Asked
from rag.index.picture_kind import picture_kind
from rag.index.records import Finding
from rag.index.store import WorkspaceIndex
from rag.meaning import Meaning
from rag.neural.attribution import Attributor
from rag.neural.choice import choose
from rag.neural.embedders import SentenceEmbedder, minilm
from rag.neural.generators import Writer, pixel_loader, told, writer_of
from rag.neural.image_embedder import OpenClipEmbedder
from rag.neural.reader import ADAPTER, Reader
from rag.neural.rerankers import reranker_of
from rag.neural.text_folder import FolderEmbedder
from rag.neural.weights import folder_of
from rag.protocols import Index, Pixels
from rag.recipe import WHOLE, ChannelIndex, FoundOrder, Recipe, UnletteredIndex
from rag.retrieve.retriever import Retriever, Weights
from rag.settings import Settings
from rag.sight import Sight

ANSWER_THRESHOLD: Final = 0.54
"""Chance of an answer under which the `embedded` profile gives none; see benchmarks/LOG.md."""

CONTEXT_HITS: Final = 8

CELL_EVIDENCE: Final = 5
"""So many sentences or rows of one document are compared with a table's question as vectors."""

LOAD_WAIT_S: Final = 20.0
"""A question waits so long for the models to load; it is answered by words alone after it."""

VECTORS_LOST: Final = (
    "Vectors of this workspace are missing, so some of it is found by words alone; the next "
    "ingest makes them again."
)

OUTDATED: Final = (
    "Another version of Pagelight read some of these documents; the next ingest brings them up to "
    "date."
)

LOADING: Final = "The search model is still loading: this was found by words alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Which models run, and what the next step up would add, each as a sentence."""

    name: str
    summary: str
    next_step: str


EMBEDDED: Final = Profile(
    name="embedded",
    summary="Nothing to download: MiniLM finds, RapidOCR reads lettering, answers are quotations.",
    next_step="A local vision-language model would write answers and look at pictures.",
)


class Engine:
    """What the chat and the command line use: asks, searches, and owns the open workspace."""

    def __init__(
        self,
        index: WorkspaceIndex,
        embedder: SentenceEmbedder,
        reader: Reader,
        limits: Limits,
        *,
        sight: Sight | None = None,
        meaning: Meaning | None = None,
        cross_encoder: Path | None = None,
        writer: Writer | None = None,
        profile: Profile = EMBEDDED,
        recipe: Recipe = WHOLE,
    ) -> None:
        self.index = index
        self.sight = sight
        self.meaning = meaning
        self._writer = writer
        self.embedder = embedder
        self._reader = reader
        self.profile = profile
        self.limits = limits
        self._error = ""
        self._warm = threading.Event()
        self._warm.set()  # nothing is awaited until a load begins in the background
        self._kinds: dict[str, str] = {}
        self._readings = Readings(reader, ready=self.ready)
        self._scorer = EvidenceScorer(index, embedder, self._readings, dense_ready=self.ready)
        self._ranker = EvidenceReranker(self._readings, self._scorer)
        self._cross = (
            reranker_of(cross_encoder, self._ranker, index.assets.pixels) if cross_encoder else None
        )
        self._attributor = Attributor(reader)
        self._verifier = Verifier(
            reader, index.document_frequencies, ready=self.ready, quoting=writer is None
        )
        self._pipeline = self._wired(recipe)
        self._summaries = Summarizer(
            index,
            embedder.embed_documents,
            self._figures(self._retriever(index, WHOLE), index),
            write=self._pipeline.write if writer else None,
        )

    def _retriever(self, searched: Index, recipe: Recipe) -> Retriever:
        return Retriever(
            searched,
            self.embedder,
            dense_ready=lambda: recipe.dense and self.ready(),
            look=self.sight.find if self.sight and recipe.image else None,
            find=self.meaning.find if self.meaning and recipe.dense and recipe.ocr else None,
        )

    def _figures(self, retriever: Retriever, known: Index) -> Figures:
        return Figures(
            retriever,
            self._scorer.importance,
            fetch=known.chunks,
            document=self.index.document,
            looks=self._looks,
        )

    def _wired(self, recipe: Recipe) -> Pipeline:
        known: Index = self.index if recipe.ocr else UnletteredIndex(self.index)
        searched = known if recipe == WHOLE else ChannelIndex(known, recipe)
        ranker = AnswerRanker(self._scorer)
        retriever = self._retriever(searched, recipe)
        return Pipeline(
            retriever,
            (self._cross or self._ranker) if recipe.rerank else FoundOrder(),
            Confidence(known, ranker).estimate,
            self._writer or RegionQuoter(ExtractiveGenerator(ranker, self.embedder)),
            self.limits,
            fetch=known.chunks if recipe.neighbours else _no_chunks,
            figures=self._figures(retriever, known),
            verify=self._verifier.unsupported,
            fit=self._writer.fit if self._writer else _unchanged,
            notes=self._notes,
        )

    def _looks(self, chunk: Chunk) -> str:
        """Return the kind of a chunk's picture, told once; "" where it can't be."""
        image = chunk.image
        if image is None:
            return ""
        if image.id not in self._kinds:
            try:
                pixels = self.index.assets.pixels(image)
            except OSError:
                return ""
            self._kinds[image.id] = picture_kind(pixels, chunk.text)
        return self._kinds[image.id]

    def _notes(self) -> tuple[str, ...]:
        loading = "" if self.ready() else LOADING
        return tuple(filter(None, (loading, *self._problems())))

    def _problems(self) -> Iterator[str]:
        """Yield why a part that was asked for does not run, each as a sentence."""
        for part in (self.sight, self._cross, self.meaning):
            if part and part.problem:
                yield part.problem
        if self.index.vectors_lost:
            yield VECTORS_LOST
        if self.index.outdated():
            yield OUTDATED

    @property
    def writer(self) -> Writer | None:
        """What writes answers; None where they are quotations."""
        return self._writer

    def variant(self, recipe: Recipe) -> Pipeline:
        """Return the same stages without some parts: same index, models, and what was read."""
        return self._wired(recipe)

    @property
    def models(self) -> dict[str, str]:
        """What runs, by its part; trained parts of our own are named by their hash."""
        with ADAPTER.open("rb") as file:
            reader = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        models = {
            "embedder": self.embedder.model_id,
            "reader": reader,
            "generator": self._writer.model_id if self._writer else "extractive",
        }
        if self.sight and self.sight.model_id:
            models["images"] = self.sight.model_id
        if self._cross:
            models["reranker"] = self._cross.model_id
        if self.meaning:
            models["text"] = self.meaning.name
        return models

    def ask(self, query: Query, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        """Yield a growing answer, or the summary that is asked for; the last one is complete.

        Waits a while for models that load in the background: words alone find less.
        """
        self._warm.wait(LOAD_WAIT_S)
        wish = summary_wish(query.text) if not (query.image or query.region) else None
        seen = self.index.documents(collections=query.filters.collections) if wish else []
        documents = chosen(seen, query, wish) if wish else None
        if wish and documents:
            yield from self._summaries.summarise(query, wish, documents)
        else:
            yield from self._pipeline.ask(query, history)

    def search(self, query: Query, k: int) -> list[Hit]:
        return self._pipeline.search(query, k=k)

    def table(self) -> TableAsker:
        """Return what asks every document; it uses the same models, readings and thresholds.

        Kept cells of documents that are gone are forgotten.
        """
        scorer = EvidenceScorer(
            self.index,
            self.embedder,
            self._readings,
            dense_ready=self.ready,
            most_embedded=CELL_EVIDENCE,
        )
        ranker = AnswerRanker(scorer)
        asker = TableAsker(
            self.index,
            self._best_of_each,
            read=self._readings.read,
            prepare=scorer.prepare,
            reranker=EvidenceReranker(self._readings, scorer),
            ranker=ranker,
            assess=Confidence(self.index, ranker).estimate,
            kept=self.index.cells,
            threshold=self.limits.threshold,
            models=self.models,
        )
        asker.forget_others({record.id for record in self.index.documents()})
        return asker

    def _best_of_each(
        self, question: str, doc_ids: Sequence[str], k: int
    ) -> dict[str, list[tuple[str, float]]]:
        weights = Weights()
        asked = Asked(
            vector=self.embedder.embed_queries([question]),
            text=question,
            dense=weights.dense,
            lexical=weights.lexical,
        )
        return self.index.best_of_each(asked, doc_ids=doc_ids, k=k)

    def telling_words(self, question: str, chunk: Chunk) -> tuple[tuple[int, int], ...]:
        """Return the ranges of the chunk's words that made it relevant to the question.

        Those that moved the reader; until it is loaded, those that the question has too.
        """
        if not question.strip() or not self._reader.ready:
            return asked_words(question, chunk.text)
        asked = asked_of_passage(question)
        return self._attributor.telling_words(asked, chunk.text, context=chunk.context)

    def ready(self) -> bool:
        return self.embedder.ready and self._reader.ready

    def status(self) -> str:
        """Return what is awaited or wrong, as a sentence; "" when all is ready."""
        if self.ready():
            waiting = self.meaning.status if self.meaning else ""
            return self._error or next(self._problems(), waiting)
        return self._error or "The search model is loading; a question waits for it."

    def warm(self) -> None:
        """Load what searches and open the vectors now: the first question then waits for neither.

        What writes answers is loaded by the first question: a search does not need it.
        """
        vector = self.embedder.embed_queries(["warm"])
        self._reader.warm()
        self.index.search_dense(vector, k=1)
        for part in (self.sight, self._cross, self.meaning):
            if part:
                part.warm()

    def warm_in_background(self) -> None:
        """Load all models on a thread; a failure becomes the status."""
        self._warm.clear()
        threading.Thread(target=self._warm_quietly, name="warm", daemon=True).start()

    def _warm_quietly(self) -> None:
        try:
            try:
                self.warm()
            finally:
                self._warm.set()
            if self._writer:
                self._writer.warm()
            if self.meaning:
                self.meaning.catch_up()
            self._attributor.warm()
        except PagelightError as error:
            self._error = str(error)

    def check(self) -> list[Finding]:
        """Say what is wrong with the workspace; an empty list means that all is well."""
        return [*self.index.check(), *(self.sight.check() if self.sight else ())]

    def repair(self, gauge: Gauge = UNTOLD) -> int:
        """Make what can be made again from the ledger; return how many vectors were made.

        Cut off, it goes on there the next time.
        """
        made = self.index.repair(self.embedder.embed_documents, gauge=gauge)
        made += self.meaning.catch_up(gauge=gauge) if self.meaning else 0
        return made + (self.sight.repair(gauge) if self.sight else 0)

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        for part in (self.sight, self._cross, self.meaning):
            if part:
                part.close()
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _no_chunks(ids: Sequence[str]) -> list[Chunk]:
    del ids
    return []


def _unchanged(prompt: Prompt) -> Prompt:
    return prompt


def build_engine(settings: Settings, *, chunker_version: str, recipe: Recipe = WHOLE) -> Engine:
    """Open the workspace and wire the profile, with the parts of `recipe`. Loads no model yet.

    Raises SettingsError for an unknown profile or generator, ModelError for a folder without a
    model, and the WorkspaceErrors of opening the index.
    """
    settings = choose(settings).settings
    embedder = minilm()
    index = WorkspaceIndex.open(
        settings.workspace,
        model_id=embedder.model_id,
        dim=embedder.dim,
        chunker_version=chunker_version,
        image_megapixels=settings.image_megapixels,
        chroma_url=settings.chroma_url,
    )
    try:
        return _engine(settings, index, embedder, recipe)
    except PagelightError:
        index.close()
        raise


def _engine(
    settings: Settings, index: WorkspaceIndex, embedder: SentenceEmbedder, recipe: Recipe
) -> Engine:
    threshold = settings.answer_threshold
    limits = Limits(
        top_k=settings.top_k,
        context_hits=CONTEXT_HITS,
        context_tokens=settings.context_tokens,
        threshold=ANSWER_THRESHOLD if threshold < 0 else threshold,
    )
    writer = writer_of(settings, pixel_loader(index.assets.pixels, _decoder(settings)))
    return Engine(
        index,
        embedder,
        Reader(),
        limits,
        sight=_sight(settings, index),
        meaning=_meaning(settings, index),
        cross_encoder=_folder(settings.reranker, "RAG_RERANKER"),
        writer=writer,
        profile=_profile(settings, writer),
        recipe=recipe,
    )


def _profile(settings: Settings, writer: Writer | None) -> Profile:
    parts = _more_parts(settings)
    if writer is None:
        return replace(EMBEDDED, summary=EMBEDDED.summary + parts)
    name, who = told(settings, writer)
    return Profile(
        name=name, summary=f"{who} MiniLM finds, RapidOCR reads lettering.{parts}", next_step=""
    )


def _more_parts(settings: Settings) -> str:
    named = (
        (settings.text_model, "finds by meaning"),
        (settings.reranker, "orders what was found"),
        (settings.image_model, "sees pictures"),
    )
    return "".join(f" {Path(source).name} {does}." for source, does in named if source)


def _folder(source: str, setting: str) -> Path | None:
    return folder_of(source, setting=setting) if source else None


def _meaning(settings: Settings, index: WorkspaceIndex) -> Meaning | None:
    """Return the stronger text model, not yet loaded; None where none is set."""
    folder = _folder(settings.text_model, "RAG_TEXT_MODEL")
    if folder is None:
        return None
    return Meaning(
        FolderEmbedder(folder),
        lambda model: index.text_space(model_id=model.model_id, dim=model.dim),
        name=folder.name,
    )


def _decoder(settings: Settings) -> Callable[[bytes], Pixels]:
    return lambda data: decode(data, megapixels=settings.image_megapixels)


def _sight(settings: Settings, index: WorkspaceIndex) -> Sight | None:
    """Return what sees pictures, not yet loaded; None where no model is set."""
    if not settings.image_model:
        return None
    return Sight(
        OpenClipEmbedder(folder_of(settings.image_model, setting="RAG_IMAGE_MODEL")),
        index.pictures,
        load=index.assets.pixels,
        read=lambda image: decode(
            Path(image.path).read_bytes(), megapixels=settings.image_megapixels
        ),
    )
