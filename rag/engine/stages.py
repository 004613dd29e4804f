"""The stages of an answer, wired with one line-up of models. Knows the parts; asks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rag.answer.compose.figures import Figures, Retrieve
from rag.answer.computed.table_answers import TableAnswering, ToldResult
from rag.answer.finding import Finder
from rag.answer.gathering import Gathering, Search
from rag.answer.library.library import Librarian
from rag.answer.limits import Limits
from rag.answer.passages.passages import Passages
from rag.answer.question.question import Question
from rag.answer.trust.confidence import Confidence
from rag.answer.wishes.summary_wish import SummaryWish
from rag.datamodel import Answer, Context, Hit
from rag.engine.built_in import BuiltIn
from rag.engine.folder_shelf import FolderShelf
from rag.engine.models_in_use import ActiveModels
from rag.engine.wording import Wording
from rag.generation.extractive import ExtractiveWriter
from rag.generation.guarded import GuardedGenerator
from rag.generation.large_writer import LargeWriter
from rag.generation.protocol import Writer
from rag.generation.reading_room import ReadingRoom, RoomSize
from rag.generation.tools.toolbox import Toolbox
from rag.generation.writer import AnswerWriter
from rag.models.llm.protocol import LanguageModel
from rag.models.setup.bundled import LANGUAGES
from rag.pipeline.quoting import Quoting
from rag.pipeline.summaries import summarize
from rag.pipeline.wiring import Answering
from rag.pipeline.written import written
from rag.protocols import PageDrawer
from rag.retrieval.fusion import renumber
from rag.retrieval.retriever import Retriever
from rag.storage.documents.records import DocumentRecord
from rag.storage.images.picture_looks import PictureLooks
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.summarizer import Summarizer

VECTORS_LOST: Final = (
    "Vectors of this workspace are missing, so some of it is found by words alone; the next "
    "ingest makes them again."
)

OUTDATED: Final = (
    "Another version of Pagelight read some of these documents; the next ingest brings them up to "
    "date."
)

LOADING: Final = "The search model is still loading: this was found by words alone."


def across_languages() -> str:
    """Return which model finds text by meaning across languages, and how it comes."""
    megabytes = round(LANGUAGES.size_bytes / 1e6)
    return (
        f"The model {LANGUAGES.name} ({megabytes} MB) would find them by meaning:"
        f" `pagelight models fetch {LANGUAGES.role}`."
    )


class Stages:
    """`written` answers questions with the larger model of `active`; where it has none, by quoting.

    `quoted` answers without a model that writes, `summaries` summarises, `library` tells of the
    documents themselves.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        built_in: BuiltIn,
        active: ActiveModels,
        limits: Limits,
        *,
        drawer: PageDrawer | None = None,
    ) -> None:
        """`drawer` draws pages for a model that sees; None: it is shown figures alone."""
        self.active = active
        self._drawer = drawer
        self._index = index
        self._built_in = built_in
        self._limits = limits
        self._looks = PictureLooks(index.assets)
        self._is_outdated = True
        self._embedded: tuple[AnswerWriter, Answering] | None = None
        self.library = Librarian(index)
        self.large = self._large_writer()
        self.quoted = self.wired()
        self.search = self.quoted.search
        self.written = self.wired(self.large) if self.large else self.quoted
        self.summaries = Summarizer(
            index, built_in.embedder.embed_documents, self._figures(self.search.retriever)
        )

    def by(self, embedded: AnswerWriter | None) -> Answering:
        """Return what answers with a larger model, or else with that of the set-up; wired once."""
        if self.large or embedded is None:
            return self.written
        if self._embedded is None or self._embedded[0] is not embedded:
            self._embedded = embedded, self.wired(embedded, model=embedded.model)
        return self._embedded[1]

    def summarize(
        self,
        asked: Question,
        wish: SummaryWish,
        records: Sequence[DocumentRecord],
        embedded: AnswerWriter | None = None,
    ) -> Iterator[Answer]:
        """Yield a growing summary of `records`; `embedded` is the writer of the set-up."""
        writer = None if asked.wishes.quoted else self.large or embedded
        return summarize(asked, wish, records, self.summaries, writer)

    def write(self, asked: Question, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Yield what the larger model writes of some hits; nothing where nothing of it stands.

        Raises ModelError.
        """
        if self.large is None:
            return iter(())
        begun = Answer(query=asked.said, confidence=1.0, hits=tuple(hits), notes=self._notes())
        drafts = self.large.tell(asked, self.large.reading_of(hits))
        return written(drafts, begun, asked.standalone)

    def wired(
        self, writer: Writer | None = None, *, model: LanguageModel | None = None
    ) -> Answering:
        """Return the stages: same models, and what was read.

        Without a `writer` they quote; `model` writes queries over tables.
        """
        passages = Passages(self._built_in.scorer)
        search = Search(
            retriever=self._retriever(), reranker=self.active.reranker or self._built_in.ranker
        )
        count_tokens = self._built_in.embedder.count_tokens
        gathering = Gathering(search, self._index.chunks, self._limits, count_tokens)
        quoting = Quoting(
            ExtractiveWriter(passages, self._built_in.embedder),
            gathering,
            TableAnswering(
                self._index.chunks, passages, open_table=self._index.open_table, model=model
            ),
            self._figures(search.retriever),
            self._remarks,
        )
        finder = Finder(
            search,
            gathering,
            Confidence(passages).estimate,
            self._limits,
            Wording(self._index).searchable,
        )
        return Answering(finder, quoting, passages, writer)

    def _large_writer(self) -> LargeWriter | None:
        writer = self.active.writer
        if writer is None:
            return None
        guarded = GuardedGenerator(writer, count_tokens=self._built_in.embedder.count_tokens)
        return LargeWriter(guarded, self.room(guarded.count_tokens), self._toolbox())

    def _toolbox(self) -> Toolbox:
        """Return what a model may look into while it writes."""
        return Toolbox(
            lambda part, k: self.search.ranked(part, k=k), FolderShelf(self._index), self._tables
        )

    def _tables(self, asked: Question, hits: Sequence[Hit]) -> ToldResult | None:
        passages = Passages(self._built_in.scorer)
        ask = TableAnswering(self._index.chunks, passages, open_table=self._index.open_table)
        return ask(asked, Context(hits=tuple(renumber(hits))))

    def room(self, count_tokens: Callable[[str], int]) -> ReadingRoom:
        """Return what chooses what a larger model is given to read."""
        limits = self._limits
        return ReadingRoom(
            self._index.page_of,
            self._drawn,
            count_tokens=count_tokens,
            size=RoomSize(tokens=limits.reading_tokens, pictures=limits.pictures),
        )

    def _drawn(self, doc_ids: Sequence[str]) -> frozenset[str]:
        """Return which documents have pages that can be drawn."""
        if self._drawer is None:
            return frozenset()
        types = self._index.media_types(doc_ids)
        return frozenset(key for key, kind in types.items() if self._drawer.can_draw(kind))

    def problems(self) -> Iterator[str]:
        """Yield why a part that was asked for does not run, each as a sentence."""
        yield from self.active.problems()
        if self._built_in.languages and self._built_in.languages.status:
            yield self._built_in.languages.status
        if self._index.vectors_lost:
            yield VECTORS_LOST
        # What is read now is of this version: once nothing is outdated, nothing will be.
        self._is_outdated = self._is_outdated and bool(self._index.outdated())
        if self._is_outdated:
            yield OUTDATED

    def _notes(self) -> tuple[str, ...]:
        loading = "" if self._built_in.ready() else LOADING
        return tuple(filter(None, (loading, *self.problems())))

    def _remarks(self, asked: Question, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Return what is told beside an answer; of languages where nothing finds across them.

        That other languages are still being read is told to who asks in one.
        """
        languages = self._built_in.languages
        if self.active.meaning or (languages and languages.is_here()):
            waiting = languages.status if languages and not languages.problem else ""
            is_told = asked.is_foreign or bool(asked.original)
            return tuple(note for note in self._notes() if is_told or note != waiting)
        return (*self._notes(), asked.in_other_language(hits, across=across_languages()))

    def _retriever(self) -> Retriever:
        sight, meaning = self.active.sight, self.active.meaning
        languages = self._built_in.languages
        return Retriever(
            self._index,
            self._built_in.embedder,
            dense_ready=self._built_in.ready,
            look=sight.find if sight else None,
            find=meaning.find if meaning else None,
            across=languages.find if languages else None,
        )

    def _figures(self, retriever: Retrieve) -> Figures:
        return Figures(
            retriever,
            self._built_in.scorer.importance,
            fetch=self._index.chunks,
            document=self._index.document,
            looks=self._looks,
        )
