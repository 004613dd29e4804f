"""The stages of an answer, wired with one line-up of models. Knows the parts; asks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Final

from rag.datamodel import Answer, Chunk, Context, Filters, Hit, Query
from rag.generation.figures import Figures, Retrieve
from rag.generation.quotation.passages import Passages
from rag.generation.table_answers import TableAnswering
from rag.generation.tools.toolbox import ShelvedDocument, Toolbox
from rag.generation.verification.confidence import Confidence
from rag.generation.writers.answer_writer import AnswerWriter
from rag.generation.writers.context_builder import ContextBuilder
from rag.generation.writers.large_writer import GuardedGenerator, LargeWriter, Writer
from rag.glossary.lexicon import LANGUAGES as GLOSSED
from rag.models.llm.language_model import LanguageModel
from rag.models.setup.bundled import LANGUAGES
from rag.pipeline.engine.built_in import BuiltIn
from rag.pipeline.engine.models_in_use import ActiveModels
from rag.pipeline.engine.other_writers import EmbeddedWriter
from rag.pipeline.finding import Finder, Limits, Search
from rag.pipeline.pipeline import Answering
from rag.pipeline.quoting import Quoting
from rag.protocols import PageDrawer
from rag.retrieval.across import PREPARED
from rag.retrieval.fusion import renumber
from rag.retrieval.retriever import Retriever
from rag.storage.documents.records import DocumentRecord
from rag.storage.images.picture_kind import PictureLooks
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.byline import OPENING_CHUNKS
from rag.summarization.library import Librarian, admitted, chosen
from rag.summarization.summarizer import Summarizer, written
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import SummaryWish

MAX_CHUNKS: Final = 40
"""Of a document without pages so many chunks are read."""


@dataclass(frozen=True, eq=False)
class FolderShelf:
    """Implements `rag.generation.tools.toolbox.Shelf`."""

    index: WorkspaceIndex

    def searched(self, filters: Filters) -> list[ShelvedDocument]:
        """Return each document that the filters admit, under each path that they admit."""
        records = [r for r in self.index.documents(collections=filters.collections) if r.id]
        return [
            ShelvedDocument(doc_id=record.id, source=source, title=record.title)
            for record in admitted(records, filters)
            for source in record.sources
            if filters.admit(source=source, media_type=record.media_type, day=record.day)
        ]

    def page(self, doc_id: str, page: int) -> list[Chunk]:
        """Return the chunks of a page in reading order; of a document without pages the first."""
        chunks = self.index.chunks_of(doc_id)
        return [chunk for chunk in chunks if chunk.page in {None, page}][:MAX_CHUNKS]


def in_documents_words(index: WorkspaceIndex, asked: Question) -> Question:
    """Return the question with its words in the other languages that documents are in."""
    held = index.stemmed_languages()
    translations = (
        asked.searched.in_language(language) for language in GLOSSED if language in held
    )
    own = ((asked.searched.original, 1.0),) if asked.searched.original else ()
    otherwise = (*own, *((text, share) for text, share in translations if text))
    return replace(asked, related=asked.searched.same_measure, otherwise=otherwise)


VECTORS_LOST: Final = (
    "Vectors of this workspace are missing, so some of it is found by words alone; the next "
    "ingest makes them again."
)

OUTDATED: Final = (
    "Another version of Pagelight read some of these documents; the next ingest brings them up to "
    "date."
)

NAMING_HITS: Final = 10
"""So many are looked at to tell which document some words name."""

WRITER_WAIT_S: Final = 40.0
"""A question waits so long for a writer that loads; it is answered by quotation after it."""

LOADING: Final = "The search model is still loading: this was found by words alone."


def across_languages() -> str:
    """Return which model finds text by meaning across languages, and how it comes."""
    return (
        f"The model {LANGUAGES.name} ({round(LANGUAGES.size_bytes / 1e6)} MB) would find them by"
        f" meaning: `pagelight models fetch {LANGUAGES.role}`."
    )


@dataclass(eq=False)
class Stages:
    """`written` answers questions with the larger model of `active`; where it has none, by quoting.

    `quoted` answers without a model that writes, `summaries` summarises, `library` tells of the
    documents themselves. `drawer` draws pages for a model that sees; None: it is shown figures
    alone. `embedded` writes where no larger model does; without it answers are quotations then.
    """

    index: WorkspaceIndex
    built_in: BuiltIn
    active: ActiveModels
    limits: Limits
    _: KW_ONLY
    drawer: PageDrawer | None = None
    embedded: EmbeddedWriter | None = None

    def __post_init__(self) -> None:
        self._looks = PictureLooks(self.index.assets)
        self._is_outdated = True
        self._wired: tuple[AnswerWriter, Answering] | None = None
        self.library = Librarian(self.index)
        self.large = self._large_writer()
        self.quoted = self.wired()
        self.search = self.quoted.search
        self.written = self.wired(self.large) if self.large else self.quoted
        self.summaries = Summarizer(
            self.index, self.built_in.embedder.embed_documents, self._figures(self.search.retriever)
        )

    def answer(self, asked: Question) -> Iterator[Answer]:
        """Yield a growing answer; raises PagelightError for a summary of nothing."""
        answer = None if asked.image or asked.region else self._of_documents(asked)
        if answer is not None:
            return answer
        if asked.wishes.quoted:
            return self.quoted.ask(asked)
        writer = self._of_set_up()
        if writer or self.large or self.embedded is None:
            return self.by(writer).ask(asked)
        return self._awaiting(self.embedded, asked)

    def _awaiting(self, embedded: EmbeddedWriter, asked: Question) -> Iterator[Answer]:
        quoted = Answer(query=asked.said)
        for quoted in self.quoted.ask(asked):
            yield replace(quoted, complete=False)
        writer = None if asked.reply else embedded.awaited(WRITER_WAIT_S)
        yield from self.by(writer).ask(asked) if writer else (quoted,)

    def by(self, embedded: AnswerWriter | None) -> Answering:
        """Return what answers with a larger model, or else with that of the set-up; wired once."""
        if self.large or embedded is None:
            return self.written
        if self._wired is None or self._wired[0] is not embedded:
            self._wired = embedded, self.wired(embedded, model=embedded.model)
        return self._wired[1]

    def counted(self) -> Answering:
        """Return what quotes, and has tables asked by the model of the set-up where it is ready."""
        writer = self._of_set_up()
        return self.wired(model=writer.model) if writer else self.written

    def summarize(
        self, asked: Question, wish: SummaryWish, records: Sequence[DocumentRecord]
    ) -> Iterator[Answer]:
        writer = None if asked.wishes.quoted else self.large or self._of_set_up()
        return self.summaries.summarize(asked, wish, records, writer)

    def _of_set_up(self) -> AnswerWriter | None:
        """Return the writer of the set-up where no larger one writes; it begins to load."""
        return self.embedded.get() if self.embedded and not self.large else None

    def _of_documents(self, asked: Question) -> Iterator[Answer] | None:
        """Return the summary or list that is asked for; None where none is, or of nothing."""
        wish = asked.summary
        if not (wish or asked.library):
            return None
        seen = [r for r in self.index.documents(collections=asked.filters.collections) if r.id]
        if wish is None:
            answer = self.library.answer(asked, admitted(seen, asked.filters))
            return iter([answer]) if answer else None

        def found(words: str) -> list[Hit]:
            return self.search.found(Query(text=words, filters=asked.filters), k=NAMING_HITS)

        opening = partial(self.library.opening, chunk_count=OPENING_CHUNKS)
        documents = chosen(seen, asked, wish, opening, found)
        return self.summarize(asked, wish, documents) if documents else None

    def write(self, asked: Question, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Yield what the larger model writes of hits, if anything stands. Raises ModelError."""
        if self.large is None:
            return iter(())
        begun = Answer(query=asked.said, confidence=1.0, hits=tuple(hits), notes=self._notes())
        drafts = self.large.tell(asked, self.large.reading_of(hits))
        return written(drafts, begun, asked.standalone)

    def wired(
        self, writer: Writer | None = None, *, model: LanguageModel | None = None
    ) -> Answering:
        """Return the stages; without a `writer` they quote, `model` writes queries over tables."""
        passages = self.built_in.passages()
        reranker = self.active.reranker or self.built_in.ranker
        search = Search(retriever=self._retriever(), reranker=reranker)
        finder = Finder(
            search,
            self.index.chunks,
            Confidence(passages).estimate,
            self.limits,
            searchable=partial(in_documents_words, self.index),
            count_tokens=self.built_in.embedder.count_tokens,
        )
        quoting = Quoting(
            passages,
            finder.numbered,
            self._tables(passages, model),
            self._figures(search.retriever),
            self._remarks,
        )
        return Answering(finder, quoting, passages, writer, misplaced=self.built_in.misplaced)

    def _large_writer(self) -> LargeWriter | None:
        writer = self.active.writer
        if writer is None:
            return None
        guarded = GuardedGenerator(writer, count_tokens=self.built_in.embedder.count_tokens)
        tables = self._tables(self.built_in.passages())
        tools = Toolbox(
            lambda part, k: self.search.ranked(part, k=k),
            FolderShelf(self.index),
            lambda asked, hits: tables(asked, Context(hits=tuple(renumber(hits)))),
        )
        return LargeWriter(guarded, self.context_builder(guarded.count_tokens), tools)

    def _tables(self, passages: Passages, model: LanguageModel | None = None) -> TableAnswering:
        index = self.index
        return TableAnswering(index.chunks, passages, open_table=index.open_table, model=model)

    def context_builder(self, count_tokens: Callable[[str], int]) -> ContextBuilder:
        return ContextBuilder(
            self.index.page_of,
            self._drawn,
            count_tokens=count_tokens,
            tokens=self.limits.reading_tokens,
            pictures=self.limits.pictures,
        )

    def _drawn(self, doc_ids: Sequence[str]) -> frozenset[str]:
        if self.drawer is None:
            return frozenset()
        types = self.index.media_types(doc_ids)
        return frozenset(key for key, kind in types.items() if self.drawer.can_draw(kind))

    def problems(self, of_languages: str | None = None) -> Iterator[str]:
        """Yield why a part that was asked for does not run, each as a sentence."""
        yield from self.active.problems()
        if self.embedded and not self.large and self.embedded.problem:
            yield self.embedded.problem
        if of_languages is None and self.built_in.languages:
            of_languages = self.built_in.languages.status
        if of_languages:
            yield of_languages
        if self.index.vectors_lost:
            yield VECTORS_LOST
        # What is read now is of this version: once nothing is outdated, nothing will be.
        self._is_outdated = self._is_outdated and bool(self.index.outdated())
        if self._is_outdated:
            yield OUTDATED

    def _notes(self, of_languages: str | None = None) -> tuple[str, ...]:
        loading = () if self.built_in.ready() else (LOADING,)
        return (*loading, *self.problems(of_languages))

    def _remarks(self, asked: Question, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Return what is told beside an answer; of languages where nothing finds across them."""
        languages = self.built_in.languages
        if self.active.meaning or (languages and languages.is_here()):
            if not (asked.is_foreign or asked.original):
                return self._notes(languages.problem if languages else "")
            is_read = languages and languages.is_reading
            return self._notes(asked.say(PREPARED) if is_read else None)
        return (*self._notes(), asked.in_other_language(hits, across=across_languages()))

    def _retriever(self) -> Retriever:
        sight, meaning = self.active.sight, self.active.meaning
        languages = self.built_in.languages
        return Retriever(
            self.index,
            self.built_in.embedder,
            dense_ready=self.built_in.ready,
            look=sight.find if sight else None,
            find=meaning.find if meaning else None,
            across=languages.find if languages else None,
            look_again=self.built_in.look_again,
        )

    def _figures(self, retriever: Retrieve) -> Figures:
        return Figures(
            retriever,
            self.built_in.scorer.importance,
            fetch=self.index.chunks,
            document=self.index.document,
            looks=self._looks,
        )
