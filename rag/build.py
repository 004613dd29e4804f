"""Settings to real objects: the only place that knows which class stands behind each seam."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from rag.answer.confidence import Confidence
from rag.answer.evidence import EvidenceScorer
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.pipeline import Limits, Pipeline
from rag.answer.reading import Readings
from rag.datamodel import Answer, Hit, Query, Turn
from rag.errors import PagelightError, SettingsError
from rag.index.store import WorkspaceIndex
from rag.neural.embedders import SentenceEmbedder, minilm
from rag.neural.reader import Reader
from rag.retrieve.retriever import Retriever
from rag.settings import Settings

ANSWER_THRESHOLD: Final = 0.76
"""Confidence under which the `embedded` profile gives no answer; see benchmarks/LOG.md."""

CONTEXT_HITS: Final = 8

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
        self, index: WorkspaceIndex, embedder: SentenceEmbedder, reader: Reader, limits: Limits
    ) -> None:
        self.index = index
        self.embedder = embedder
        self._reader = reader
        self.profile = EMBEDDED
        self.limits = limits
        self._error = ""
        readings = Readings(reader, ready=self.ready)
        scorer = EvidenceScorer(index, embedder, readings, dense_ready=self.ready)
        self._pipeline = Pipeline(
            Retriever(index, embedder, dense_ready=self.ready),
            readings,
            Confidence(index, scorer).estimate,
            ExtractiveGenerator(scorer, embedder),
            limits,
            fetch=index.chunks,
            notes=lambda: () if self.ready() else (LOADING,),
        )

    def ask(self, query: Query, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        """Yield a growing answer; the last one is complete."""
        return self._pipeline.ask(query, history)

    def search(self, query: Query, k: int) -> list[Hit]:
        return self._pipeline.search(query, k=k)

    def ready(self) -> bool:
        return self.embedder.ready and self._reader.ready

    def status(self) -> str:
        """Return what is awaited or wrong, as a sentence; "" when all is ready."""
        if self.ready():
            return ""
        return self._error or "The search model is loading; until then words alone are searched."

    def warm(self) -> None:
        """Load the models and open the vectors now: the first question then waits for neither."""
        vector = self.embedder.embed_queries(["warm"])
        self._reader.warm()
        self.index.search_dense(vector, k=1)

    def warm_in_background(self) -> None:
        """Load the models on a thread; a failure becomes the status."""
        threading.Thread(target=self._warm_quietly, name="warm", daemon=True).start()

    def _warm_quietly(self) -> None:
        try:
            self.warm()
        except PagelightError as error:
            self._error = str(error)

    def close(self) -> None:
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


def build_engine(settings: Settings, *, chunker_version: str) -> Engine:
    """Open the workspace and wire the profile. Loads no model yet.

    Raises SettingsError for an unknown profile, and the WorkspaceErrors of opening the index.
    """
    if settings.profile not in ("auto", EMBEDDED.name):
        raise SettingsError(
            f"There is no profile {settings.profile!r}.", hint="Say auto or embedded."
        )
    embedder = minilm()
    index = WorkspaceIndex.open(
        settings.workspace,
        model_id=embedder.model_id,
        dim=embedder.dim,
        chunker_version=chunker_version,
        image_megapixels=settings.image_megapixels,
    )
    threshold = settings.answer_threshold
    limits = Limits(
        top_k=settings.top_k,
        context_hits=CONTEXT_HITS,
        context_tokens=settings.context_tokens,
        threshold=ANSWER_THRESHOLD if threshold < 0 else threshold,
    )
    return Engine(index, embedder, Reader(), limits)
