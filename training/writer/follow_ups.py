"""Lessons of follow-ups rewritten to stand alone (CANARD and its like), in the product's words."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rag.datamodel import Turn
from rag.generation.rewriting import MAX_TURNS, rewriting_messages
from training.writer.lesson import Lesson

SHARES: Final = {"canard": 1.0, "followup": 1.0, "cqr_kvret": 1.0, "gecor": 0.25}
_TOPIC_QUESTIONS: Final = (
    "Who is {}?",
    "What is {}?",
    "Tell me about {}?",
    "What do the files say of {}?",
)


def follow_up_lessons(rows: Iterable[dict[str, Any]], rng: random.Random) -> Iterator[Lesson]:
    for row in rows:
        turns = _turns(row["history"], row.get("titles") or 0, rng)
        if turns and rng.random() < SHARES.get(row["set"], 0.0):
            user = rewriting_messages(row["question"], turns)[-1]["content"]
            yield Lesson(kind="rewrite", prompt="rewrite", turns=[(user, row["rewrite"])])


def _turns(history: Sequence[str], titles: int, rng: random.Random) -> list[Turn]:
    """Return the latest turns; the topic that a set names in titles is asked for in the first."""
    texts = [*history[titles:], ""]
    turns = [
        Turn(question=question, answer=answer, cited=())
        for question, answer in zip(texts[::2], texts[1::2], strict=False)
    ][-MAX_TURNS:]
    topic = history[0] if titles else ""
    if topic and not any(topic.lower() in turn.question.lower() for turn in turns):
        question = rng.choice(_TOPIC_QUESTIONS).format(topic)
        answer = turns[0].answer if turns else f"{topic} is described in the sources."
        turns = [Turn(question=question, answer=answer, cited=()), *turns[1:]]
    return turns
