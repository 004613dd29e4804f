"""How often what answers a question is in what a model that writes is given to read, by budget.

Nothing is written and nothing asked of a model: what `rag.generation.reading_room` chooses is
looked through for the gold evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from rag.answer.question.question import Question
from rag.datamodel import Chunk, Context
from rag.engine.engine import Engine
from rag.errors import PagelightError
from rag.evaluation.measures.bootstrap import estimate, mean
from rag.evaluation.measures.evidence_held import GivenToRead, is_held
from rag.evaluation.records.questions import EvaluationQuestion
from rag.evaluation.records.report import Estimate, ReadingRooms, RoomShare
from rag.generation.reading_room import RoomSize

TOKENS: Final = (3000, 6000, 12000)
PICTURES: Final = (0, 2, 4, 8)
SIZES: Final = tuple(RoomSize(tokens=t, pictures=p) for t in TOKENS for p in PICTURES)
DEFAULT: Final = RoomSize(tokens=6000, pictures=4)
"""What is lacking is told of this room."""

Held = tuple[bool, ...]
"""Whether the evidence is there, in each of `SIZES`."""


class ReadingRoomMeter:
    """Measures rooms over an open workspace. `made` understands a question."""

    def __init__(
        self, engine: Engine, made: Callable[[EvaluationQuestion], Question], *, seed: int
    ) -> None:
        self._engine = engine
        self._made = made
        self._seed = seed
        self._ids = {
            source: record.id
            for record in engine.index.documents()
            for source in record.sources
            if record.state == "ready"
        }

    def over(
        self, questions: Sequence[EvaluationQuestion], *, on_done: Callable[[], None]
    ) -> ReadingRooms:
        """Return the shares over judged questions; one that can't be asked counts as lacking."""
        held: list[Held] = []
        for question in questions:
            held.append(self._held(question))
            on_done()
        kinds = [kind_of(question) for question in questions]
        lacking = zip(questions, held, strict=True)
        return ReadingRooms(
            rooms=tuple(
                self._share(size, kinds, [row[n] for row in held]) for n, size in enumerate(SIZES)
            ),
            lacking=tuple(q.id for q, row in lacking if not row[SIZES.index(DEFAULT)]),
        )

    def _held(self, question: EvaluationQuestion) -> Held:
        """Return whether the evidence is in each room."""
        try:
            contexts = self._engine.reading_rooms(self._made(question), SIZES)
        except PagelightError:
            return (False,) * len(SIZES)
        return tuple(is_held(question, given(one), self._page_of) for one in contexts)

    def _page_of(self, source: str, page: int | None) -> list[Chunk]:
        chunks = self._engine.index.chunks_of(self._ids.get(source, ""))
        return [chunk for chunk in chunks if page in {None, chunk.page}]

    def _share(
        self, size: RoomSize, kinds: Sequence[str | None], held: Sequence[bool]
    ) -> RoomShare:
        return RoomShare(
            tokens=size.tokens,
            pictures=size.pictures,
            share=self._estimate(held),
            by=self._by(kinds, held),
        )

    def _by(self, kinds: Sequence[str | None], held: Sequence[bool]) -> dict[str, Estimate]:
        """Return the share of each kind of question."""
        pairs = list(zip(kinds, held, strict=True))
        return {
            kind: self._estimate([told for own, told in pairs if own == kind])
            for kind in sorted({kind for kind in kinds if kind})
        }

    def _estimate(self, held: Sequence[bool]) -> Estimate:
        rows = np.array([[float(one)] for one in held], dtype=np.float64)
        return estimate(rows, mean, seed=self._seed) or Estimate(value=0.0, low=0.0, high=0.0, n=0)


def kind_of(question: EvaluationQuestion) -> str | None:
    """Return what a question is counted under: its modality, or the first kind that it states."""
    return question.modality or next(iter(question.labels.get("kind", ())), None)


def given(context: Context) -> GivenToRead:
    """Return what a model reads in words, and what it is shown."""
    shown = set(context.pictures or ())
    return GivenToRead(
        chunks=[hit.chunk for hit in context.hits],
        figures=[hit.chunk for hit in context.hits if hit.rank in shown],
        pages=[(hit.chunk.source, hit.chunk.page) for hit in context.pages],
    )
