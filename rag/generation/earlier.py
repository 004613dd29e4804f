"""What was said before, as a model that writes is told it: the latest turns within a budget.

Knows turns and tokens; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Final

import prompts
from rag.datamodel import Answer, Turn
from rag.text import MARK

_MARK: Final = re.compile(rf"\s?{MARK.pattern}")

MAX_CITED: Final = 4
"""Places that are told of an earlier answer."""

ANSWER_LETTERS: Final = 600
"""Of an earlier answer what comes first is told."""

MAX_LETTERS: Final = 300
"""Of a question that was rewritten: what is longer is no question."""

MAX_TOLD: Final = 2 * MAX_LETTERS
"""With quotes, white space and the word "Question:" around it; a model that writes on is left."""


def earlier_words(
    history: Sequence[Turn], *, budget_tokens: int, count_tokens: Callable[[str], int]
) -> str:
    """Return the conversation as it stands before the question; "" for none.

    The latest turns that fit are told whole, oldest first. Marks are left out: their numbers were
    those of other sources.
    """
    told: list[str] = []
    left = budget_tokens
    for turn in reversed(history):
        words = _told(turn)
        left -= count_tokens(words)
        if left < 0:
            break
        told.insert(0, words)
    if not told:
        return ""
    return prompts.load("conversation").substitute(turns="\n".join(told))


def standing_alone(pieces: Iterable[str], *, waiting: Answer) -> Generator[Answer, None, str]:
    """Return the question that a model writes to stand alone; "" for what is none.

    `waiting` comes for each piece, at which whoever asks may leave. It is read no further than
    that shows: a small model may write on until its tokens are spent.
    """
    told = ""
    for piece in pieces:
        told += piece
        if len(told) > MAX_TOLD or len(_lines(told)) > 1:
            return ""
        yield waiting
    return _question_of(told)


def _question_of(told: str) -> str:
    lines = _lines(told)
    if len(lines) != 1 or MARK.search(lines[0]):
        return ""
    line = lines[0].removeprefix("Question:").strip().strip('"“”„«»')
    return line if 0 < len(line) <= MAX_LETTERS else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _told(turn: Turn) -> str:
    answer = " ".join(_MARK.sub("", turn.answer).split())
    if len(answer) > ANSWER_LETTERS:
        answer = answer[:ANSWER_LETTERS].rpartition(" ")[0] + " …"
    cited = f" (from {'; '.join(turn.cited[:MAX_CITED])})" if answer and turn.cited else ""
    asked = " ".join(turn.question.split())
    return _unfenced(f"Question: {asked}\nAnswer: {answer or 'none was found'}{cited}")


def _unfenced(text: str) -> str:
    """Return words that can't open or close what stands around them."""
    for tag in ("<earlier", "</earlier", "<source", "</source"):
        text = text.replace(tag, f"{tag[0]}\u200b{tag[1:]}")
    return text
