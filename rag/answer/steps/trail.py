"""How far an answer in several steps has come: what was asked for, what it brought, what is left.

The first pass answers from what was found. A model that asks for more, or finds no answer there,
may look further, a bounded number of times. Knows values; searches nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rag.answer.base.context import build_context
from rag.answer.base.prompt import fenced
from rag.answer.steps.calls import ToolCall, instructions
from rag.answer.steps.toolbox import StepOutcome
from rag.datamodel import Context, Hit, SearchStep

MOST_STEPS: Final = 3
"""A fourth search of the same documents rarely finds what three did not."""


class Trail:
    """One question's steps. `offered`: further searches are offered from the first pass on."""

    def __init__(
        self,
        context: Context,
        *,
        offered: bool,
        tokens: int,
        count_tokens: Callable[[str], int],
    ) -> None:
        """`tokens` is the room of all sources together, whatever the steps bring."""
        self.steps: tuple[SearchStep, ...] = ()
        self.context = context
        self.offered = offered
        self.call: ToolCall | None = None
        self.follows = False
        self._first = context
        self._brought: list[Hit] = []
        self._tokens = tokens
        self._count_tokens = count_tokens

    @property
    def left(self) -> int:
        return MOST_STEPS - len(self.steps)

    @property
    def told(self) -> str:
        """What was done so far and what may be asked for, as it stands before the question."""
        if not (self.offered or self.steps):
            return ""
        done = [f"You asked for: {s.action} “{s.words}”. It brought: {s.found}" for s in self.steps]
        return "".join(f"{fenced(line)}\n" for line in done) + instructions(self.left)

    def goes_on(self, call: ToolCall | None, *, refused: bool) -> bool:
        """Take what a pass asked for; tell whether another one follows.

        A refusal is followed by one pass in which further searches are offered.
        """
        self.call = call if self.left else None
        self.follows = self.call is not None or (
            refused and call is None and not self.offered and self.left > 0
        )
        self.offered = self.offered or self.follows
        return self.follows

    def take(self, found: StepOutcome) -> None:
        """Keep what a step brought; it stands before what was found first, within the same room."""
        self.steps = (*self.steps, found.step)
        known = {hit.chunk.id for hit in self._brought}
        self._brought = [
            *(hit for hit in found.hits if hit.chunk.id not in known),
            *self._brought,
        ]
        self.context = _joined(
            self._brought, self._first, tokens=self._tokens, count_tokens=self._count_tokens
        )


def _joined(
    brought: list[Hit], first: Context, *, tokens: int, count_tokens: Callable[[str], int]
) -> Context:
    """Return one context of what was brought and what was found first, pages after all."""
    known = {hit.chunk.id for hit in brought}
    hits = [*brought, *(hit for hit in first.hits if hit.chunk.id not in known)]
    packed = build_context(hits, budget_tokens=tokens, count_tokens=count_tokens)
    if first.pictures is None:
        return packed
    pages = tuple(
        replace(page, rank=n) for n, page in enumerate(first.pages, start=len(packed.hits) + 1)
    )
    numbers = {hit.chunk.id: hit.rank for hit in (*packed.hits, *pages)}
    before = [hit.chunk.id for n in first.pictures if (hit := first.source(n)) is not None]
    figures = [hit.chunk.id for hit in brought if hit.chunk.image is not None]
    shown = dict.fromkeys(numbers[key] for key in (*figures, *before) if key in numbers)
    return replace(packed, pages=pages, pictures=tuple(shown))
