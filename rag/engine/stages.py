"""The stages of an answer, wired with one line-up of models. Knows the parts; asks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from rag.answer.compose.figures import Figures
from rag.answer.computed.table_answers import TableAnswering
from rag.answer.library.library import Librarian
from rag.answer.passages.passages import Passages
from rag.answer.pipeline import Pipeline
from rag.answer.question.question import Question
from rag.answer.reading_room.room import ReadingRoom, RoomSize
from rag.answer.seams import Limits
from rag.answer.steps.calls import ToolCall
from rag.answer.steps.toolbox import Toolbox
from rag.answer.steps.trail import MOST_STEPS, Trail
from rag.answer.trust.confidence import Confidence
from rag.answer.trust.verify import Verifier
from rag.answer.wishes.summary_wish import SummaryWish
from rag.answer.writing import ToldWriter
from rag.datamodel import Answer, Chunk, Context, Filters, Hit, Prompt
from rag.engine.built_in import BuiltIn
from rag.engine.folder_shelf import FolderShelf
from rag.engine.models_in_use import Lineup
from rag.engine.recipe import WHOLE, ChannelIndex, FoundOrder, Recipe, UnletteredIndex
from rag.generation.extractive import ExtractiveWriter
from rag.generation.writer import AnswerWriter
from rag.glossary.lexicon import LANGUAGES
from rag.index.pictures.picture_looks import PictureLooks
from rag.index.rows.records import DocumentRecord
from rag.index.workspace.store import WorkspaceIndex
from rag.models.llm.protocol import LanguageModel
from rag.neural.models.model_table import MODELS
from rag.pipeline.pipeline import Steps
from rag.pipeline.summaries import summarize, told_by, written_by
from rag.pipeline.wiring import WrittenSteps
from rag.protocols import Index, PageDrawer
from rag.retrieve.related_words import Related, related_words
from rag.retrieve.retriever import Retriever
from rag.retrieve.spelling import Meant, mended
from rag.retrieve.years import with_years
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
    """Return which model finds text by meaning across languages, its size and how it comes."""
    model = next(model for model in MODELS if model.part == "text")
    return (
        f"The model {model.name} ({model.download_gb} GB) would find them by meaning: a click under"
        f" Models in the chat, or `pagelight models fetch {model.name}`."
    )


class Stages:
    """`pipeline` answers questions, `summaries` summarises; both with the models of `lineup`.

    `quoting` answers without the model that writes.

    `library` tells of the documents themselves, without a model.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        built_in: BuiltIn,
        lineup: Lineup,
        limits: Limits,
        *,
        recipe: Recipe = WHOLE,
        drawer: PageDrawer | None = None,
    ) -> None:
        """`drawer` draws pages for a model that sees; None: it is shown figures alone."""
        self.lineup = lineup
        self._drawer = drawer
        self._index = index
        self._built_in = built_in
        self._limits = limits
        self._looks = PictureLooks(index.assets)
        self._is_outdated = True
        self._recipe = recipe
        self.pipeline = self.wired(recipe)
        self.quoting = self.wired(recipe, quoted=True) if lineup.writer else self.pipeline
        self.library = Librarian(index)
        self.summaries = Summarizer(
            index,
            built_in.embedder.embed_documents,
            self._figures(self._retriever(index, WHOLE), index),
        )

    def summarize(
        self,
        asked: Question,
        wish: SummaryWish,
        records: Sequence[DocumentRecord],
        writer: AnswerWriter | None = None,
    ) -> Iterator[Answer]:
        """Yield a growing summary of `records`; `writer` is that of the set-up."""
        write = told_by(self.pipeline.write) if self.lineup.writer else None
        if writer and not write:
            write = written_by(writer)
        quoted = asked.wishes.quoted
        return summarize(asked, wish, records, self.summaries, None if quoted else write)

    def steps(self, writer: AnswerWriter) -> Steps:
        """Return the steps of a question whose answer a model of the set-up writes."""
        return WrittenSteps(
            quoting=self.wired(self._recipe, model=writer.model),
            passages=Passages(self._built_in.scorer),
            writer=writer,
            count_tokens=self._built_in.embedder.count_tokens,
        ).steps()

    def wired(
        self, recipe: Recipe, *, quoted: bool = False, model: LanguageModel | None = None
    ) -> Pipeline:
        """Return the stages with the parts of `recipe`: same models, and what was read.

        `quoted`: without the model that writes. `model` writes queries over tables.
        """
        writer = None if quoted else self._writer()
        known: Index = self._index if recipe.ocr else UnletteredIndex(self._index)
        searched = known if recipe == WHOLE else ChannelIndex(known, recipe)
        passages = Passages(self._built_in.scorer)
        retriever = self._retriever(searched, recipe)
        across = self._across_languages()
        quoter = ExtractiveWriter(passages, self._built_in.embedder)
        return Pipeline(
            retriever,
            (self.lineup.reranker or self._built_in.ranker) if recipe.rerank else FoundOrder(),
            Confidence(passages).estimate,
            writer or quoter,
            self._limits,
            fetch=known.chunks if recipe.neighbours else _no_chunks,
            figures=self._figures(retriever, known),
            closest=quoter.closest,
            quoter=quoter,
            decides=writer is not None,
            shelf=FolderShelf(self._index) if writer else None,
            tables=TableAnswering(
                known.chunks, passages, open_table=self._index.open_table, model=model
            ),
            furnish=self.room(writer.count_tokens).furnished if writer else _as_quoted,
            verify=self._verifier(writer).check,
            fit=writer.fit if writer else _unchanged,
            mend=partial(self._meant, known),
            relate=partial(self._related, known),
            translate=self._translated,
            notes=self._notes,
            remark=lambda asked, hits: asked.in_other_language(hits, across=across),
        )

    def _verifier(self, writer: ToldWriter | None) -> Verifier:
        built_in = self._built_in
        return Verifier(
            built_in.reader,
            self._index.document_frequencies,
            ready=built_in.ready,
            quoting=writer is None,
            sees=lambda: writer is not None and writer.sees,
        )

    def room(self, count_tokens: Callable[[str], int]) -> ReadingRoom:
        """Return what chooses what a model is given to read."""
        limits = self._limits
        return ReadingRoom(
            self._index.page_of,
            self._drawn,
            count_tokens=count_tokens,
            size=RoomSize(tokens=limits.reading_tokens, pictures=limits.pictures),
        )

    def read_further(self, asked: Question, size: RoomSize, calls: Sequence[ToolCall]) -> Context:
        """Return what a model reads once it asked for more: what is found, and what calls bring."""
        toolbox = Toolbox(lambda part, k: self.pipeline.rank(part, k=k), FolderShelf(self._index))
        writer = self.lineup.writer or self._built_in.embedder
        room = self.room(writer.count_tokens).sized(size)
        hits, found = self.pipeline.gathered(asked)
        trail = Trail(
            hits,
            room.furnished(hits, found),
            offered=True,
            tokens=size.tokens,
            count_tokens=writer.count_tokens,
            furnish=room.furnished,
        )
        for call in calls[:MOST_STEPS]:
            trail.take(toolbox.done(asked, call))
        return trail.context

    def _drawn(self, doc_ids: Sequence[str]) -> frozenset[str]:
        """Return which documents have pages that can be drawn."""
        if self._drawer is None:
            return frozenset()
        types = self._index.media_types(doc_ids)
        return frozenset(key for key, kind in types.items() if self._drawer.can_draw(kind))

    def _meant(self, known: Index, text: str, filters: Filters) -> Meant:
        """Return words of a question, years and misspelt ones as the documents have them."""
        dated = with_years(
            text,
            today=datetime.now().astimezone().date(),
            held=lambda years: known.document_frequencies(years)[0],
        )
        meant = mended(
            dated.text, filters, nearest=known.nearest_words, is_word=self._built_in.is_word
        )
        return Meant(text=meant.text, notes=(*dated.notes, *meant.notes))

    def _related(self, known: Index, words: Sequence[str]) -> Related:
        """Return what the documents have for words; nothing while the embedder loads."""
        if not self._built_in.ready():
            return {}
        return related_words(
            words,
            frequencies=known.document_frequencies,
            embed=self._built_in.scorer.vectors,
        )

    def _translated(self, asked: Question) -> tuple[tuple[str, float], ...]:
        """Return the words of a question in other languages that documents are in."""
        held = self._index.languages.held()
        told = (asked.in_language(language) for language in LANGUAGES if language in held)
        own = ((asked.original, 1.0),) if asked.original else ()
        return (*own, *((text, share) for text, share in told if text))

    def _writer(self) -> ToldWriter | None:
        writer, count = self.lineup.writer, self._built_in.embedder.count_tokens
        return ToldWriter(writer, count_tokens=count) if writer else None

    def problems(self) -> Iterator[str]:
        """Yield why a part that was asked for does not run, each as a sentence."""
        yield from self.lineup.problems()
        if self._index.vectors_lost:
            yield VECTORS_LOST
        # What is read now is of this version: once nothing is outdated, nothing will be.
        self._is_outdated = self._is_outdated and bool(self._index.outdated())
        if self._is_outdated:
            yield OUTDATED

    def _across_languages(self) -> str:
        return "" if self.lineup.meaning else across_languages()

    def _notes(self) -> tuple[str, ...]:
        loading = "" if self._built_in.ready() else LOADING
        return tuple(filter(None, (loading, *self.problems())))

    def _retriever(self, searched: Index, recipe: Recipe) -> Retriever:
        sight, meaning = self.lineup.sight, self.lineup.meaning
        return Retriever(
            searched,
            self._built_in.embedder,
            dense_ready=lambda: recipe.dense and self._built_in.ready(),
            look=sight.find if sight and recipe.image else None,
            find=meaning.find if meaning and recipe.dense and recipe.ocr else None,
        )

    def _figures(self, retriever: Retriever, known: Index) -> Figures:
        return Figures(
            retriever,
            self._built_in.scorer.importance,
            fetch=known.chunks,
            document=self._index.document,
            looks=self._looks,
        )


def _no_chunks(ids: Sequence[str]) -> list[Chunk]:
    del ids
    return []


def _as_quoted(hits: Sequence[Hit], context: Context) -> Context:
    del hits
    return context


def _unchanged(prompt: Prompt) -> Prompt:
    return prompt
