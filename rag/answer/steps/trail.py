"""How far an answer in several steps has come: what was asked for, what it brought, what is left.

The first pass answers from what was found. A model that asks for more, or finds no answer there,
may look further, a bounded number of times. Knows values; searches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, zip_longest
from typing import Final

from rag.answer.base.context import build_context
from rag.answer.base.prompt import fenced
from rag.answer.steps.calls import ToolCall, instructions
from rag.answer.steps.toolbox import StepOutcome
from rag.datamodel import Context, Hit
from rag.parts.writing import SearchStep

MOST_STEPS: Final = 3
"""A fourth search of the same documents rarely finds what three did not."""

MOST_READ: Final = 4
"""All passes of one question together read at most so many times the tokens that one may."""

READ_ENOUGH: Final = (
    "No more was searched: with its steps the model has read as much as one question may."
)


class Trail:
    """One question's steps. `offered`: further searches are offered from the first pass on."""

    def __init__(
        self,
        hits: Sequence[Hit],
        context: Context,
        *,
        offered: bool,
        tokens: int,
        count_tokens: Callable[[str], int],
        furnish: Callable[[Sequence[Hit], Context], Context],
    ) -> None:
        """`hits` were found first, best first, and `context` is what is read of them.

        `tokens` is the room of all sources together, whatever the steps bring; `furnish` makes of
        what is found what is read and shown, as for the first pass.
        """
        self.steps: tuple[SearchStep, ...] = ()
        self.context = context
        self.offered = offered
        self.call: ToolCall | None = None
        self.follows = False
        self.read_tokens = 0
        self._hits = hits
        self._first = context
        self._brought: list[tuple[Hit, ...]] = []
        self._tokens = tokens
        self._count_tokens = count_tokens
        self._furnish = furnish

    @property
    def left(self) -> int:
        """How many more steps there may be; 0 where another full pass would be too much to read."""
        return 0 if self.has_read_enough else MOST_STEPS - len(self.steps)

    @property
    def has_read_enough(self) -> bool:
        return self.read_tokens > (MOST_READ - 1) * self._tokens

    def read(self, tokens: int) -> None:
        """Count what a pass is given to read."""
        self.read_tokens += tokens

    @property
    def told(self) -> str:
        """What was done so far and what may be asked for, as it stands before the question."""
        if not (self.offered or self.steps):
            return ""
        return told_steps(self.steps) + instructions(self.left)

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
        self._brought.insert(0, found.hits)
        self.context = self._joined()

    def _joined(self) -> Context:
        """Return what is read of what was brought and, behind it, of what was found first."""
        packed = build_context(
            self._after_brought(self._first.hits),
            budget_tokens=self._tokens,
            count_tokens=self._count_tokens,
        )
        return self._furnish(self._after_brought(self._hits), packed)

    def _after_brought(self, found: Sequence[Hit]) -> list[Hit]:
        """Return each hit once: what steps brought in turns, the best of the latest step first."""
        once: dict[str, Hit] = {}
        for hit in (*chain.from_iterable(zip_longest(*self._brought)), *found):
            if hit is not None:
                once.setdefault(hit.chunk.id, hit)
        return list(once.values())


def told_steps(steps: Sequence[SearchStep]) -> str:
    """Return a line for the model of each step that it asked for."""
    done = [f"You asked for: {one.action} “{one.words}”. It brought: {one.found}" for one in steps]
    return "".join(f"{fenced(line)}\n" for line in done)
