"""The engine: asks, searches, and owns the open workspace. Its models can change while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from rag.closing import Closing
from rag.datamodel import Answer, AnswerWishes, Hit, Query, Turn
from rag.errors import ModelError, failure_message
from rag.glossary.lexicon import open_lexicons
from rag.models.embedders import SentenceEmbedder
from rag.models.registry.choice import ModelChoices, is_here
from rag.models.registry.model_table import Part
from rag.pipeline.engine.attached import AttachedFiles, attachment_answers, near_pictures
from rag.pipeline.engine.built_in import BuiltIn
from rag.pipeline.engine.models_in_use import ActiveModels, Profile, RefCounted, profile_of
from rag.pipeline.engine.other_writers import EmbeddedWriter, OtherWriters
from rag.pipeline.engine.stages import Stages
from rag.pipeline.finding import Limits
from rag.pipeline.pipeline import Answering, timed
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import PageDrawer
from rag.question_length import check_length
from rag.retrieval.images import PhotographSearch
from rag.storage.documents.records import Finding
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.collection import TableAsker
from rag.understanding.question.question import Question, understand
from rag.understanding.wishes.summary_wish import SummaryWish, summary_request

LOAD_WAIT_S: Final = 20.0
"""A question waits so long for the models to load; it is answered by words alone after it."""


class Engine(Closing):
    """What the chat and the command line use. Any thread may call.

    A question is answered with the models that were in use when it began.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        built_in: BuiltIn,
        active: ActiveModels,
        limits: Limits,
        *,
        attached: AttachedFiles,
        drawer: PageDrawer | None = None,
        others: OtherWriters,
        embedded: EmbeddedWriter | None = None,
        see: Callable[[], PhotographSearch | None] = lambda: None,
    ) -> None:
        """`others` are models that write, too, for conversations that chose them.

        `embedded` writes where no other model does; without it answers are quotations then. `see`
        returns what sees photographs, once it is ready.
        """
        self.index = index
        self.limits = limits
        self.attached = attached
        self.built_in = built_in
        self.drawer = drawer
        self._others = others
        self._embedded = embedded
        self._see = see
        self._photographs: PhotographSearch | None = None
        self._error = ""
        self._warm = threading.Event()
        self._warm.set()  # nothing is awaited until a load begins in the background
        self._swapping = threading.RLock()
        self._ingests = 0
        self._stages = RefCounted(self._staged(active), self._release)

    @property
    def active(self) -> ActiveModels:
        return self._stages.current.active

    @property
    def profile(self) -> Profile:
        active, own = self.active, self._embedded
        return profile_of(active.settings, active.writer, is_written=bool(own and own.model_id))

    @property
    def embedder(self) -> SentenceEmbedder:
        return self.built_in.embedder

    @property
    def photographs(self) -> PhotographSearch | None:
        """What the set-up brings to see photographs; None until it is ready."""
        with self._swapping:
            self._photographs = self._photographs or self._see()
            return self._photographs

    @property
    def one_at_a_time(self) -> bool:
        """Whether a model in this process writes: it writes one answer after the other."""
        return is_here(self.active.settings.generator) or self._others.loads_here

    def writers(self) -> dict[str, str]:
        """Return the models that a conversation may choose beside what all use, told by name."""
        return self._others.sentences(self.active.source("generator"))

    @property
    def models(self) -> dict[str, str]:
        names = self.built_in.names() | self.active.names()
        if not self.active.writer and self._embedded and self._embedded.model_id:
            names["generator"] = self._embedded.model_id
        return names

    def ask(self, query: Query, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        """Yield a growing answer, or what the documents tell of themselves; the last is complete.

        Waits a while for models that load in the background, and for what is read for questions in
        other languages: both find less before. Raises PagelightError for a question that is too
        long.
        """
        yield from self.answer(understand(query, history))

    def answer(self, asked: Question) -> Iterator[Answer]:
        """As `ask`, of a question that is understood."""
        self._warm.wait(LOAD_WAIT_S)
        if self.built_in.languages and self.index.writes_here:
            for note in self.built_in.languages.awaited(asked, busy=self._is_busy):
                yield Answer(query=asked.said, notes=(note,))
        chosen = self._others.chosen
        with self._stages.lent() as usual, chosen(usual.active, asked.wishes) as (active, notes):
            stages = usual if active is usual.active else self._staged(active)
            for answer in timed(self._by(stages, asked)):
                yield replace(answer, notes=(*notes, *answer.notes)) if notes else answer
        self.read_languages()

    def _by(self, stages: Stages, asked: Question) -> Iterator[Answer]:
        like = near_pictures(asked, self.index, self.photographs)
        if like is not None:
            return iter([like])
        if not asked.attachments:
            return stages.answer(asked)
        sees = self.photographs is not None
        return attachment_answers(asked, self.attached, self.index, stages, sees=sees)

    @contextmanager
    def lent(self) -> Iterator[ActiveModels]:
        """Lend the models in use: they stay usable until the block ends."""
        with self._stages.lent() as stages:
            yield stages.active

    @contextmanager
    def answering(self) -> Iterator[Answering]:
        """Lend what answers with the writer of the set-up. Raises ModelError where it can't run."""
        writer = self._embedded.load() if self._embedded else None
        if writer is None:
            raise ModelError("The model that writes is not there.", hint="See: pagelight models")
        with self._stages.lent() as stages:
            yield stages.by(writer)

    def overview(self, source: str) -> Answer | None:
        """Return the sentences that stand for a document, word for word; None where none do."""
        records = [r for r in self.index.documents() if r.id and source in r.sources]
        if not records:
            return None
        wish = SummaryWish(length="short", named=source)
        text = summary_request("short", named=source)
        asked = understand(Query(text=text, wishes=AnswerWishes(quoted=True)))
        with self._stages.lent() as stages:
            *_, answer = stages.summarize(asked, wish, records)
        return answer if answer.citations else None

    def title(self, question: str, answer: str) -> Iterator[str]:
        """Yield the pieces of a title by the writer of the set-up; none where it is not there."""
        writer = self._embedded.get() if self._embedded else None
        return writer.title(question, answer) if writer else iter(())

    def search(self, query: Query, k: int) -> list[Hit]:
        check_length(query.text)
        with self._stages.lent() as stages:
            hits = stages.search.found(query, k=k)
        self.read_languages()
        return hits

    def ranked(self, query: Query, k: int) -> list[Hit]:
        """Return what is found, the first hits in the order that reading them gives."""
        with self._stages.lent() as stages:
            return stages.search.ranked(query, k=k)

    def table(self) -> TableAsker:
        """Return what asks every document, with the same models, readings and thresholds."""
        return self.built_in.table(threshold=self.limits.threshold, models=self.models)

    def ready(self) -> bool:
        return self.built_in.ready()

    def status(self) -> str:
        """Return what is awaited or wrong, as sentences; "" when all is ready."""
        if self.ready():
            meaning = self.active.meaning
            waiting = meaning.status if meaning else ""
            return self._error or " ".join(self._stages.current.problems()) or waiting
        return self._error or "The search model is loading; a question waits for it."

    # Models

    def warm(self) -> None:
        """Load what searches and open the vectors; what writes is loaded by the first question."""
        vector = self.embedder.embed_queries(["warm"])
        self.built_in.reader.warm()
        open_lexicons()
        self.index.search_dense(vector, k=1)
        with self.lent() as active:
            active.warm()

    def read_languages(self) -> None:
        """Let the model of languages read in the background what is due."""
        if self.built_in.languages and self.index.writes_here:
            self.built_in.languages.read_in_background(busy=self._is_busy)

    def _is_busy(self) -> bool:
        return self._stages.in_use or self._ingests > 0

    @contextmanager
    def reading_in(self) -> Iterator[None]:
        """Let what only reads across languages wait in this block."""
        with self._swapping:
            self._ingests += 1
        try:
            yield
        finally:
            with self._swapping:
                self._ingests -= 1

    def warm_writer(self) -> None:
        """Load what writes answers now: a process that answers once waits for it."""
        with self.lent() as active:
            if active.writer:
                active.writer.warm()
            elif self._embedded:
                self._embedded.load()

    def warm_in_background(self, then: Callable[[], object] = lambda: None) -> None:
        """Load all models on a thread, and call `then`; any failure becomes the status."""
        self._warm.clear()
        threading.Thread(target=self._warm_quietly, args=(then,), name="warm", daemon=True).start()

    def _warm_quietly(self, then: Callable[[], object]) -> None:
        """Load one after the other: what fails is told, and keeps nothing else from loading."""
        steps = (
            ("The search model", self.warm),
            ("", self._warm.set),
            ("The model that writes", self.warm_writer),
            ("Reading with the chosen models", self.read_new),
            ("", self.read_languages),
        )
        for what, step in steps:
            try:
                step()
            except Exception as error:  # noqa: BLE001 - a thread of its own: nobody else would tell
                self._error = self._error or failure_message(error, of=what)
        then()

    def swap(self, part: Part, made: ActiveModels) -> None:
        """Take a part, loaded, from another line-up for the next question; unused is closed."""
        with self._swapping:
            active = self.active.with_part(part, made)
            self._error = ""
            self._stages.exchange(self._staged(active))

    def catch_up(self, *, progress: Progress = NO_PROGRESS) -> int:
        """Embed what the models have not seen; return how many passages."""
        made = self._read_chosen(threading.Event(), progress)
        if self.built_in.languages and self.index.writes_here:
            made += self.built_in.languages.read_on(progress=progress, busy=self._is_busy)
        return made

    def read_new(self, stop: threading.Event | None = None) -> None:
        """As `catch_up`, but English passages for other languages are left to `read_languages`."""
        stop = stop or threading.Event()
        self._read_chosen(stop, NO_PROGRESS)
        if self.built_in.languages and self.index.writes_here:
            self.built_in.languages.read_foreign(stop)

    def _read_chosen(self, stop: threading.Event, progress: Progress) -> int:
        if not self.index.writes_here:
            return 0  # who writes what lies in the workspace makes them
        active = self.active
        made = active.meaning.catch_up(stop, progress=progress) if active.meaning else 0
        if active.sight and active.sight.ready:
            active.sight.catch_up(stop)
        self.forget_others()
        return made

    def forget_others(self) -> None:
        """Forget the vectors of models that are in use no more, and are not to be."""
        with self._swapping:
            if len(self._stages.all) > 1 or not self.index.writes_here:
                return  # by the last question that uses the former ones, or by who writes
            active = self.active
            coming = ModelChoices(active.settings.workspace).read().coming  # they go on
            if active.meaning and "text" not in coming:
                active.meaning.forget_others()
            if active.sight and "images" not in coming:
                active.sight.forget_others()

    def _staged(self, active: ActiveModels) -> Stages:
        parts = (self.index, self.built_in, active, self.limits)
        return Stages(*parts, drawer=self.drawer, embedded=self._embedded)

    def _release(self, old: Stages, following: Stages) -> None:
        old.active.close_but(following.active)
        self.forget_others()

    # The workspace

    def check(self, progress: Progress = NO_PROGRESS) -> list[Finding]:
        """Say what is wrong with the workspace; an empty list means that all is well."""
        sight = self.active.sight
        return [*self.index.check(progress=progress), *(sight.check() if sight else ())]

    def repair(self, progress: Progress = NO_PROGRESS) -> int:
        """Make what can be made from the ledger, or go on there; return how many vectors."""
        made = self.index.repair(self.embedder.embed_documents, progress=progress)
        made += self.active.sight.repair(progress) if self.active.sight else 0
        return made + self.catch_up(progress=progress)

    def close(self) -> None:
        for stages in self._stages.all:
            stages.active.close()
        parts = (self._others, self.built_in.languages, self._embedded, self._photographs)
        for part in (*parts, self.attached, self.index):
            if part is not None:
                part.close()
