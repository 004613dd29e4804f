"""A follow-up, said by the model that writes so that it stands alone.

What loses a name or number, makes one up, or still leans on what was said is not used: then the
question stands as `rag.understanding.followup` completes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Final

import prompts
from rag.datamodel import Answer, Turn
from rag.errors import ModelError
from rag.models.llm.language_model import messages_of
from rag.text import MARK, content_stems
from rag.understanding.followup.signs import leans
from rag.understanding.question.question import Question

_MARK: Final = re.compile(rf"\s?{MARK.pattern}")

MAX_CITED: Final = 4
"""Places that are told of an earlier answer."""

ANSWER_LETTERS: Final = 600
"""Of an earlier answer what comes first is told."""

MAX_LETTERS: Final = 300
"""Of a question that was rewritten: what is longer is no question."""

MAX_REPLY_LETTERS: Final = 2 * MAX_LETTERS
"""With quotes, white space and the word "Question:" around it; a model that writes on is left."""


def earlier_words(
    history: Sequence[Turn], *, budget_tokens: int, count_tokens: Callable[[str], int]
) -> str:
    """Return the latest turns that fit, whole, oldest first, without marks; "" for none."""
    turns: list[str] = []
    left = budget_tokens
    for turn in reversed(history):
        answer = " ".join(_MARK.sub("", turn.answer).split())
        if len(answer) > ANSWER_LETTERS:
            answer = answer[:ANSWER_LETTERS].rpartition(" ")[0] + " …"
        cited = f" (from {'; '.join(turn.cited[:MAX_CITED])})" if answer and turn.cited else ""
        asked = " ".join(turn.question.split())
        text = f"Question: {asked}\nAnswer: {answer or 'none was found'}{cited}"
        for tag in ("<earlier", "</earlier", "<source", "</source"):
            text = text.replace(tag, f"{tag[0]}\u200b{tag[1:]}")
        left -= count_tokens(text)
        if left < 0:
            break
        turns.insert(0, text)
    if not turns:
        return ""
    return prompts.load("conversation").substitute(turns="\n".join(turns))


def standing_alone(pieces: Iterable[str], *, waiting: Answer) -> Generator[Answer, None, str]:
    """Return the question that a model writes to stand alone, "" for none; yields `waiting`."""
    reply = ""
    for piece in pieces:
        reply += piece
        if len(reply) > MAX_REPLY_LETTERS or len(_lines(reply)) > 1:
            return ""
        yield waiting
    lines = _lines(reply)
    if len(lines) != 1 or MARK.search(lines[0]):
        return ""
    line = lines[0].removeprefix("Question:").strip().strip('"“”„«»')
    return line if 0 < len(line) <= MAX_LETTERS else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


REWRITING_TOKENS: Final = 60
MAX_TURNS: Final = 4
EARLIER_TOKENS: Final = 400
LETTERS_A_TOKEN: Final = 4
MIN_KEPT: Final = 0.5
"""Of the words of a follow-up: "does she do that" may be said otherwise."""

_POINTING: Final = frozenset(content_stems("year before earlier later next previous same one ones"))
"""Words of a follow-up that others stand for."""

_GOING_ON: Final = ("what about ", "how about ")
_AND: Final = re.compile(r"(?:and|but),? (?=\w)", re.IGNORECASE)
"""Begins a follow-up, and what a model makes of one: the rest stands alone."""

PROMPT: Final = "rewrite"
_TOKEN: Final = re.compile(r"\w++(?:[.,]++\w++)*+")
_AMID: Final = re.compile(r"[\w,;:’'\"“(.&-] ")


def refers_back(asked: Question) -> bool:
    """Tell whether a question may not be understood without what was said before."""
    return asked.leans and bool(asked.history)


def rewritten(
    asked: Question, say: Callable[[Question], Iterator[str]], *, waiting: Answer
) -> Generator[Answer, None, Question]:
    """Return the question as a model says it alone, where that is sound; yields `waiting`."""
    if not refers_back(asked):
        return asked
    try:
        line = yield from standing_alone(say(asked), waiting=waiting)
    except ModelError:
        return asked
    line = _without_and(line)
    recent = asked.history[-MAX_TURNS:]
    return asked.rewritten(line) if is_sound(line, asked.said.text, recent) else asked


def _without_and(text: str) -> str:
    begun = _AND.match(text)
    return f"{text[begun.end()].upper()}{text[begun.end() + 1 :]}" if begun else text


def rewriting_messages(question: str, history: Sequence[Turn]) -> list[dict[str, str]]:
    instructions = prompts.load(PROMPT).template.strip()
    said = earlier_words(
        history[-MAX_TURNS:],
        budget_tokens=EARLIER_TOKENS,
        count_tokens=lambda text: len(text) // LETTERS_A_TOKEN,
    )
    return messages_of(
        instructions, (said + prompts.load("question").substitute(question=question)).strip()
    )


def is_sound(line: str, question: str, history: Sequence[Turn]) -> bool:
    """Tell whether a question said alone keeps what the follow-up and the question before say."""
    asked = _without_and(" ".join(question.split()))
    if line.lower().startswith(_GOING_ON):
        return False
    if (
        not line
        or line.lower() == asked.lower()
        or (leans(line) and len({*content_stems(line)} - {*content_stems(asked)}) <= 1)
    ):
        return False
    stems = set(content_stems(question)) - _POINTING
    kept = len(stems & set(content_stems(line))) >= MIN_KEPT * len(stems)
    return kept and _keeps_facts(line, question, history) and not _made_up(line, question, history)


def _keeps_facts(line: str, question: str, history: Sequence[Turn]) -> bool:
    """Tell whether the line has the follow-up's names and numbers, and as many as before it."""
    own, now = facts_of(question), facts_of(line)
    topic: list[str] = []  # the latest questions, from one that stands alone on
    for turn in reversed(history):
        topic.insert(0, turn.question)
        if not leans(turn.question):
            break
    latest = facts_of(topic[-1])
    spoken_of = set[str]().union(*map(facts_of, topic))
    names_topic = bool(now) or not spoken_of
    return own <= now and len(latest - now) <= len(now - latest) and names_topic


def _made_up(line: str, question: str, history: Sequence[Turn]) -> bool:
    """Tell whether a name or number stands nowhere before; the year beside a year does."""
    known = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)]).lower()
    years = {str(int(year) + step) for year in re.findall(r"\b\d{4}\b", known) for step in (-1, 1)}
    return any(fact not in known and fact not in years for fact in facts_of(line))


def facts_of(text: str) -> set[str]:
    """Return names, word by word, and numbers, small; a capital that begins a text is no name."""
    return {m.group().lower() for m in _TOKEN.finditer(text) if _tells(m)} - {"i"}


def _tells(token: re.Match[str]) -> bool:
    word = token.group()
    if any(map(str.isdigit, word)) or any(map(str.isupper, word[1:])):
        return True
    return word[0].isupper() and _AMID.match(token.string, max(0, token.start() - 2)) is not None
