"""The order of the lessons: short ones first, harder ones when these are mastered.

Knows stages and the clock; knows no network.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from training.writer.lessons import Stage

MIXED: Final = Stage(
    sources=(1, 4),
    facts=(1, 3),
    refused=0.4,
    strange=0.8,
    pictures=0.35,
    fillers=0.2,
    oddities=0.25,
    asked=8,
)
PICTURES: Final = Stage(sources=(1, 3), facts=(1, 2), refused=0.0, pictures=1.0)
"""What is asked of pictures alone, to measure it: in others numbers are shown in words, too."""

STAGES: Final = (
    Stage(sources=(1, 1), facts=(1, 2), refused=0.0, titled=0.2, asked=3),
    Stage(sources=(1, 2), facts=(1, 2), refused=0.5, strange=1.0, asked=8, named=0.1),
    Stage(
        sources=(1, 3),
        facts=(1, 3),
        refused=0.45,
        strange=0.9,
        fillers=0.1,
        oddities=0.2,
        asked=8,
        named=0.1,
    ),
    Stage(
        sources=(1, 4),
        facts=(1, 3),
        refused=0.45,
        strange=0.9,
        fillers=0.2,
        oddities=0.25,
        asked=8,
    ),
    Stage(sources=(1, 2), facts=(1, 2), refused=0.3, strange=0.9, pictures=0.7, oddities=0.2),
    MIXED,
)
"""What is asked of a thing that no source names is refused first; another side of a known one is
harder to tell, and asked for later."""

LATEST: Final = (0.0, 0.09, 0.17, 0.27, 0.4, 0.55)
"""At which share of the time each stage begins at the latest; pictures come last of all."""

MASTERED: Final = 0.05
"""The loss of answers under which the next stage begins."""

LOOKED_AT: Final = 40
"""Steps over which the loss is averaged."""

WARM_STEPS: Final = 40
STEADY: Final = 0.4
"""Up to which share of the time the rate is steady; then it goes down in a line."""


class Course:
    """Where a training stands, of `seconds` of the processor's time, begun at `stage`."""

    def __init__(
        self, *, seconds: float, stage: int = 0, now: Callable[[], float] = time.process_time
    ) -> None:
        self._now = now
        self._start = now()
        self._seconds = seconds
        self._losses: deque[float] = deque(maxlen=LOOKED_AT)
        self.number = stage
        self.steps = 0

    @property
    def stage(self) -> Stage:
        return STAGES[self.number]

    @property
    def share(self) -> float:
        """How much of the time is spent; 1 and more at its end."""
        return (self._now() - self._start) / self._seconds

    @property
    def rate(self) -> float:
        """What the rates of learning are multiplied by."""
        down = min(1.0, max(0.02, (1 - self.share) / (1 - STEADY)))
        return down * min(1.0, (self.steps + 1) / WARM_STEPS)

    def told(self, loss: float) -> None:
        """Take the loss of a step; go on where the stage is mastered or the next may not wait."""
        self.steps += 1
        self._losses.append(loss)
        mastered = len(self._losses) == LOOKED_AT and sum(self._losses) < MASTERED * LOOKED_AT
        last = self.number == len(STAGES) - 1
        if not last and (mastered or self.share > LATEST[self.number + 1]):
            self.number += 1
            self._losses.clear()
