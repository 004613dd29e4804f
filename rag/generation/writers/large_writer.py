"""A larger model writes, of whole pages and their pictures; it may search further while it does."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from time import perf_counter
from typing import Final, Protocol

import prompts
from rag import protocols
from rag.datamodel import Context, Hit, Prompt
from rag.datamodel.writing import Written
from rag.errors import CutOffError, WriterFailedError, failure_message
from rag.generation.context import Reading, Source
from rag.generation.draft import Draft, Sentence, draft_of, plain_marks
from rag.generation.prompt import build_prompt, rewriting_prompt
from rag.generation.quotation.units import Unit
from rag.generation.region import reading_with
from rag.generation.rewriting import earlier_words
from rag.generation.tools.calls import (
    MAX_STEPS,
    ToolCall,
    call_in,
    instructions,
    may_be_call,
    step_lines,
)
from rag.generation.tools.toolbox import Toolbox
from rag.generation.verification.confidence import Inquiry
from rag.generation.writers.answer_writer import AnswerWriter
from rag.generation.writers.context_builder import ContextBuilder, shows_more
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import Length

INSTEAD: Final = "The documents are quoted instead; ask again to have it try once more."

LOOKED_AT: Final = 600
"""Letters at the end of an answer."""

LONGEST_TURN: Final = 150
"""Where so many letters, or fewer, make up all of `LOOKED_AT`, a model does not end by itself."""

LOOPED: Final = "The answer was cut off: the model wrote the same words again and again."


class FittingGenerator(protocols.Generator, Protocol):
    """A `Generator` that tells how much of a prompt it can read."""

    @property
    def sees(self) -> bool: ...
    def fit(self, prompt: Prompt) -> Prompt: ...


class GuardedGenerator:
    """A generator that raises WriterFailedError for whatever fails in it, CutOffError as it is.

    Marks in other forms (`【1】`, `[source 1]`, `[1-3]`) come as `[1]` and `[1, 2, 3]`.
    Where it can't count tokens, `count_tokens` does.
    """

    def __init__(self, writer: FittingGenerator, *, count_tokens: Callable[[str], int]) -> None:
        self.writer = writer
        self._count_tokens = count_tokens

    @property
    def model_id(self) -> str:
        return self.writer.model_id

    @property
    def sees(self) -> bool:
        return self.writer.sees

    def count_tokens(self, text: str) -> int:
        try:
            return self.writer.count_tokens(text)
        except Exception:  # noqa: BLE001 - what can't count can't write either, which is told then
            return self._count_tokens(text)

    def fit(self, prompt: Prompt) -> Prompt:
        with _explained_failures():
            return self.writer.fit(prompt)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        with _explained_failures():
            yield from plain_marks(without_end(self.writer.stream(prompt)))


@contextmanager
def _explained_failures() -> Iterator[None]:
    try:
        yield
    except CutOffError:
        raise
    except Exception as error:
        of_model = failure_message(error, of="The model that writes")
        raise WriterFailedError(of_model, hint=INSTEAD) from error


def without_end(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the pieces of an answer; raise CutOffError where it only says the same again."""
    latest = ""
    for piece in pieces:
        yield piece
        latest = (latest + piece)[-LOOKED_AT - LONGEST_TURN :]
        last = latest[-LOOKED_AT:]
        if any(
            latest[-LOOKED_AT - turn : -turn] == last
            for turn in range(1, len(latest) - LOOKED_AT + 1)
        ):
            raise CutOffError(LOOPED)


class Meter:
    """Hands on what a generator writes, and counts it."""

    def __init__(self, generator: protocols.Generator) -> None:
        self._generator = generator
        self._read: list[str] = []
        self._first_s: float | None = None
        self._seconds = 0.0
        self._text = ""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        begun_s = perf_counter()
        self._read += [prompt.system, *(part for part in prompt.parts if isinstance(part, str))]
        try:
            for piece in self._generator.stream(prompt):
                if self._first_s is None and piece:
                    self._first_s = perf_counter() - begun_s
                self._text += piece
                yield piece
        finally:
            self._seconds += perf_counter() - begun_s

    def written(self) -> Written:
        """Return what was read and written so far; pictures are not counted."""
        return Written(
            read_tokens=sum(map(self._generator.count_tokens, self._read)),
            tokens=self._generator.count_tokens(self._text) if self._text else 0,
            first_s=self._first_s or 0.0,
            seconds=self._seconds,
        )


EARLIER_TOKENS: Final = 800
"""Of what was said before it is told so much."""

SUMMARY_SENTENCES: Final[dict[Length, str]] = {"short": "two", "medium": "four", "long": "eight"}

LETTERS_APART: Final = 20
"""After so many more letters what is written is read again for whole sentences."""

_NO_CONTROLS: Final = {code: None for code in range(32) if chr(code) not in "\n\t"}
"""What a model may not send to a terminal."""


@dataclass(frozen=True, eq=False)
class LargeWriter:
    """Implements `Writer`. Without `tools` nothing is searched on."""

    decides = True

    generator: GuardedGenerator
    builder: ContextBuilder
    tools: Toolbox | None = None

    def readings(self, found: Inquiry, units: Sequence[Unit]) -> Iterator[Reading]:
        """Yield whole pages of what was found; of a region, it and what fits of its document."""
        del units
        region = found.asked.region
        if region is None:
            yield Reading(context=self.builder.built(found.hits, found.context))
        else:
            yield self.reading_of(reading_with(region, found.hits, found.asked))

    def reading_of(self, hits: Sequence[Hit]) -> Reading:
        return Reading(context=self.builder.packed(hits))

    def write(self, found: Inquiry, reading: Reading) -> Iterator[Draft]:
        meter, brought = Meter(self.generator), list[tuple[Hit, ...]]()
        last = Draft(reading=reading)
        is_offered = found.asked.region is None and bool(found.asked.parts or not found.is_stated)
        while True:
            left = MAX_STEPS - len(last.steps) if self.tools else 0
            last, call = yield from self._pass(
                found.asked, last, meter, left=left if is_offered else 0
            )
            if self.tools and call and left:
                everywhere = replace(found.asked, filters=found.asked.said.filters)
                outcome = self.tools.done(everywhere, call)
                brought.insert(0, outcome.hits)
                reading = Reading(context=read_on(found, brought, self.builder))
                last = Draft(reading=reading, steps=(*last.steps, outcome.step))
                yield last
            elif is_offered or not (last.refused and left):
                return
            is_offered = True

    def go_on(self, found: Inquiry, draft: Draft) -> Iterator[Draft]:
        """Yield nothing: a larger model says all at once."""
        del found, draft
        return iter(())

    def tell(self, asked: Question, reading: Reading) -> Iterator[Draft]:
        yield from self._pass(asked, Draft(reading=reading), Meter(self.generator), left=0)

    def summarize(
        self, asked: Question, sources: Sequence[Source], length: Length
    ) -> Iterator[Draft]:
        of_one = len({source.hit.chunk.source for source in sources}) == 1
        request = prompts.load("summary").substitute(
            sentences=SUMMARY_SENTENCES[length], what="document" if of_one else "documents"
        )
        reading = self.reading_of([source.hit for source in sources])
        return self.tell(asked.part(request.strip()), reading)

    def write_sentence(self, asked: Question, source: Source) -> Sentence | None:
        """Return nothing: a larger model's sentence would take longer than the table."""
        del asked, source
        return None

    def say_alone(self, asked: Question) -> Iterator[str]:
        return self.generator.stream(rewriting_prompt(asked.said, self._earlier(asked)))

    def _earlier(self, asked: Question) -> str:
        return earlier_words(
            asked.history, budget_tokens=EARLIER_TOKENS, count_tokens=self.generator.count_tokens
        )

    def _pass(
        self, asked: Question, begun: Draft, meter: Meter, *, left: int
    ) -> Generator[Draft, None, tuple[Draft, ToolCall | None]]:
        """Yield one pass, piece by piece; return it, and a call, which may ask for `left`."""
        before = self._earlier(asked) + step_lines(begun.steps) + instructions(left)
        wanted = build_prompt(asked, begun.reading.context, before=before)
        wanted = replace(wanted, calls=left > 0)
        prompt = self.generator.fit(wanted)
        text, read, shown, reading = "", 0, begun, self._read(prompt)
        notes = list(_unread(wanted, prompt))
        try:
            for piece in meter.stream(prompt):
                text += piece.translate(_NO_CONTROLS)
                if len(text) >= read + LETTERS_APART and not (self.tools and may_be_call(text)):
                    grown, read = draft_of(text, is_whole=False), len(text)
                    if len(grown.sentences) > len(shown.sentences):
                        shown = replace(begun, sentences=grown.sentences, reading=reading)
                yield shown
        except CutOffError as error:
            notes.append(str(error))
        call = call_in(text) if self.tools else None
        whole = draft_of("" if call else text, is_whole=True)
        last = replace(
            whole,
            refused=whole.refused or not whole.sentences,
            reading=reading,
            steps=begun.steps,
            notes=tuple(notes),
            usage=meter.written(),
        )
        yield last
        return last, call

    def _read(self, prompt: Prompt) -> Reading:
        context, sees = prompt.context, self.generator.sees
        sources = (
            Source(
                hit=hit,
                text=hit.chunk.text,
                is_seen=sees and shows_more(hit, context, context.dropped),
            )
            for hit in (*context.hits, *context.pages)
        )
        return Reading(context=context, sources=tuple(sources))


def read_on(found: Inquiry, brought: Sequence[Sequence[Hit]], builder: ContextBuilder) -> Context:
    """Return what is read once steps brought something: the latest first, in turns."""
    turns = [hit for hit in chain.from_iterable(zip_longest(*brought)) if hit is not None]
    context = Context(hits=_each_once([*turns, *found.context.hits]))
    return builder.built(_each_once([*turns, *found.hits]), context)


def _each_once(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    once: dict[str, Hit] = {}
    for hit in hits:
        once.setdefault(hit.chunk.id, hit)
    return tuple(once.values())


def _unread(wanted: Prompt, read: Prompt) -> Iterator[str]:
    """Yield a note where the model reads fewer sources or pictures than were found for it."""
    count, own = len(wanted.context.hits), len(read.context.hits)
    if own < count:
        yield f"The model reads {own} of {count} sources: more do not fit it."
    count, own = (sum(not isinstance(p, str) for p in one.parts) for one in (wanted, read))
    if own < count:
        yield f"The model saw {own} of {count} pictures: it takes no more."


Writer = AnswerWriter | LargeWriter
"""Yields drafts, the last of each stream all; closing a stream ends the work. Raises ModelError."""
