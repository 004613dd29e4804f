"""A larger model writes, of whole pages and their pictures; it may search further while it does.

A folder's model or a server's. What it asks for is done at most `MAX_STEPS` times, and what that
brings is read with what was found. Knows the seam of a generator; knows no engine.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Final

import prompts
from rag.datamodel import Context, Hit, Prompt
from rag.errors import CutOffError
from rag.generation.context import Reading, Source
from rag.generation.draft import Draft, Sentence, draft_of
from rag.generation.inquiry import Inquiry
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
from rag.generation.writers.context_builder import ContextBuilder, shows_more
from rag.generation.writers.guarded import GuardedGenerator, Meter
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import Length

EARLIER_TOKENS: Final = 800
"""Of what was said before it is told so much."""

SUMMARY_SENTENCES: Final[dict[Length, str]] = {"short": "two", "medium": "four", "long": "eight"}

LETTERS_APART: Final = 20
"""After so many more letters what is written is read again for whole sentences."""

_NO_CONTROLS: Final = {code: None for code in range(32) if chr(code) not in "\n\t"}
"""What a model may not send to a terminal."""


class LargeWriter:
    """Implements `Writer`. Without `tools` nothing is searched on."""

    decides = True

    def __init__(
        self, generator: GuardedGenerator, builder: ContextBuilder, tools: Toolbox | None = None
    ) -> None:
        self._generator = generator
        self._builder = builder
        self._tools = tools

    def read(self, found: Inquiry, units: Sequence[Unit]) -> Reading:
        """Return whole pages of what was found; of a region, it and what fits of its document."""
        del units
        region = found.asked.region
        if region is None:
            return Reading(context=self._builder.built(found.hits, found.context))
        return self.reading_of(reading_with(region, found.hits, found.asked))

    def reading_of(self, hits: Sequence[Hit]) -> Reading:
        """Return as many of the first hits as it reads."""
        return Reading(context=self._builder.packed(hits))

    def write(self, found: Inquiry, reading: Reading) -> Iterator[Draft]:
        meter, brought = Meter(self._generator), list[tuple[Hit, ...]]()
        last = Draft(reading=reading)
        is_offered = found.asked.region is None and bool(found.asked.parts or not found.is_stated)
        while True:
            left = MAX_STEPS - len(last.steps) if self._tools else 0
            last, call = yield from self._pass(
                found.asked, last, meter, left=left if is_offered else 0
            )
            if self._tools and call and left:
                everywhere = replace(found.asked, filters=found.asked.said.filters)
                outcome = self._tools.done(everywhere, call)
                brought.insert(0, outcome.hits)
                reading = Reading(context=read_on(found, brought, self._builder))
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
        """Yield what it writes of this alone, in one pass."""
        yield from self._pass(asked, Draft(reading=reading), Meter(self._generator), left=0)

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
        return self._generator.stream(rewriting_prompt(asked.said, self._earlier(asked)))

    def _earlier(self, asked: Question) -> str:
        """Return what was said before, as the model is told it."""
        return earlier_words(
            asked.history, budget_tokens=EARLIER_TOKENS, count_tokens=self._generator.count_tokens
        )

    def _pass(
        self, asked: Question, begun: Draft, meter: Meter, *, left: int
    ) -> Generator[Draft, None, tuple[Draft, ToolCall | None]]:
        """Yield one pass, each piece, at which whoever asks may leave; return all, and a call.

        A call is not shown. It may ask for `left` more steps.
        """
        before = self._earlier(asked) + step_lines(begun.steps) + instructions(left)
        wanted = build_prompt(asked, begun.reading.context, before=before)
        wanted = replace(wanted, calls=left > 0)
        prompt = self._generator.fit(wanted)
        text, read, shown = "", 0, begun
        cut: tuple[str, ...] = ()
        try:
            for piece in meter.stream(prompt):
                text += piece.translate(_NO_CONTROLS)
                if len(text) >= read + LETTERS_APART and not (self._tools and may_be_call(text)):
                    grown, read = draft_of(text, is_whole=False), len(text)
                    if len(grown.sentences) > len(shown.sentences):
                        shown = replace(
                            begun, sentences=grown.sentences, reading=self._read(prompt)
                        )
                yield shown
        except CutOffError as error:
            cut = (str(error),)
        call = call_in(text) if self._tools else None
        whole = draft_of("" if call else text, is_whole=True)
        last = replace(
            whole,
            refused=whole.refused or not whole.sentences,
            reading=self._read(prompt),
            steps=begun.steps,
            notes=(*_left_out(wanted, prompt), *_unseen(wanted, self._generator.fit(wanted)), *cut),
            usage=meter.written(),
        )
        yield last
        return last, call

    def _read(self, prompt: Prompt) -> Reading:
        """Return what a prompt holds to be cited."""
        context = prompt.context
        sees = self._generator.sees
        return Reading(
            context=context,
            sources=tuple(
                Source(
                    hit=hit,
                    text=hit.chunk.text,
                    is_seen=sees and shows_more(hit, context, context.dropped),
                )
                for hit in (*context.hits, *context.pages)
            ),
        )


def read_on(found: Inquiry, brought: Sequence[Sequence[Hit]], builder: ContextBuilder) -> Context:
    """Return what is read once steps brought something, the latest first: before what was found.

    The best of each step come in turns.
    """
    turns = [hit for hit in chain.from_iterable(zip_longest(*brought)) if hit is not None]
    context = Context(hits=_each_once([*turns, *found.context.hits]))
    return builder.built(_each_once([*turns, *found.hits]), context)


def _each_once(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    once: dict[str, Hit] = {}
    for hit in hits:
        once.setdefault(hit.chunk.id, hit)
    return tuple(once.values())


def _left_out(wanted: Prompt, read: Prompt) -> tuple[str, ...]:
    """Return a note where the model reads fewer sources than were found for it."""
    count, own = len(wanted.context.hits), len(read.context.hits)
    return (
        (f"The model reads {own} of {count} sources: more do not fit it.",) if own < count else ()
    )


def _unseen(wanted: Prompt, taken: Prompt) -> tuple[str, ...]:
    """Return a note where the model takes fewer pictures than were found for it."""
    count, seen = (sum(not isinstance(p, str) for p in one.parts) for one in (wanted, taken))
    note = f"The model saw {seen} of {count} pictures: it takes no more."
    return (note,) if seen < count else ()
