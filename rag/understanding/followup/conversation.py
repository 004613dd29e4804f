"""Follow-ups to standalone queries without a model: the question, and the one that it leans on.

The conversation is read from its beginning: a question that stands alone begins a new topic, which
the later ones lean on. Where a model writes, `rag.generation.rewriting` says it better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Turn
from rag.question_length import MAX_SAID, latest
from rag.refusal import is_refusal
from rag.text import MARK, STOP_WORDS, words
from rag.understanding.followup.exchange import exchanged
from rag.understanding.followup.signs import asks_again, leans, names_barely, opens_as_follow_up
from rag.understanding.followup.written_form import carefully_written

_ASKING: Final = re.compile(
    r"^(?i:how \w+|what|who) (?:is|are|was|were) (?=(?:the|an?) |[A-Z][\w'’]+['’]s )"
)
"""What a question asks of its thing: "how long are" before "the earth rods"."""

_MAX_WORDS: Final = 60
_ANSWER_WORDS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """A question that needs no history, and the words of the conversation it leans on.

    `leans` tells that it can't be understood alone, or may not. `may_be_new`: it may as well open
    a topic of its own, and be meant as it was typed.
    """

    text: str
    topic: str = ""
    leans: bool = False
    may_be_new: bool = False

    @property
    def searched(self) -> str:
        """What retrieval looks for: the question and its topic."""
        return f"{self.text} {self.topic}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The conversation so far: the question that is leant on, and the last one with its answer."""

    question: str = ""
    latest: str = ""
    answer: str = ""


def standalone(question: str, history: Sequence[Turn]) -> Standalone:
    """Return the standalone question with the words of its topic.

    One that stands alone is returned as it is, and so are empty ones and those of over a thousand
    characters. At most the last 60 words are kept of what had to be changed. Of the history what
    `latest` returns is read.
    """
    if not question.strip() or len(question) > MAX_SAID:
        return Standalone(text=question)
    said = _Said()
    for turn in latest(history):
        said = _after(said, turn)
    asked = question.strip()
    if said.question and leans(asked):
        text = _kept(_completed(asked, said.question))
        is_new = not (opens_as_follow_up(asked) or asks_again(asked))
        return Standalone(text=text, topic=_topic(said, text), leans=True, may_be_new=is_new)
    if said.question and names_barely(asked):
        return Standalone(text=asked, topic=_topic(said, asked), leans=True, may_be_new=True)
    return Standalone(text=asked)


def _after(said: _Said, turn: Turn) -> _Said:
    asked = carefully_written(" ".join(turn.question.split()))
    if not asked:
        return said
    answer = "" if is_refusal(turn.answer) else MARK.sub("", turn.answer)
    if not (said.question and leans(asked)):
        return _Said(question=asked, latest=asked, answer=answer)
    question = exchanged(asked, said.question) or said.question
    return _Said(question=question, latest=asked, answer=answer)


def _completed(asked: str, previous: str) -> str:
    """Return a question with the earlier one: a part of it exchanged, or what it asks behind it."""
    if asks_again(asked):
        return previous
    return exchanged(asked, previous) or f"{asked.rstrip(' ?.!')} ({_thing(previous)})?"


def _thing(question: str) -> str:
    """Return what a question asks about, to stand within another; the whole where it isn't told."""
    whole = question.rstrip(" ?.!")
    thing = _ASKING.sub("", whole)
    return thing if thing != whole else whole[:1].lower() + whole[1:]


def _topic(said: _Said, text: str) -> str:
    """Return the telling words of the earlier questions and the answer that the text lacks."""
    known = {*words(text)} | STOP_WORDS
    answer = " ".join(said.answer.split()[:_ANSWER_WORDS])
    spoken = words(f"{said.question} {said.latest} {answer}")
    found = (word for word in spoken if word not in known)
    return " ".join(dict.fromkeys(found))


def _kept(text: str) -> str:
    return " ".join(text.split()[-_MAX_WORDS:])
