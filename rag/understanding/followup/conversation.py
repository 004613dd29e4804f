"""Follow-ups to standalone queries without a model: by the earlier question that one leans on.

`And in Quebec?` after Ontario is the earlier question with that part exchanged (ellipsis with a
contrasted remnant; Carbonell, ACL 1983); any other has the earlier one behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Turn
from rag.question_length import MAX_SAID, latest
from rag.refusal import is_refusal
from rag.stop_words import AUXILIARIES, PREPOSITIONS, QUESTION_WORDS
from rag.text import MARK, MONTH, STOP_WORDS, YEAR, words
from rag.understanding.followup.signs import (
    OPENING,
    asks_again,
    carefully_written,
    leans,
    names_barely,
    opens_as_follow_up,
)

_STEP: Final = re.compile(
    r"\b(?:a|one|the|in the|last|next) (?:(?P<back>previous|prior|preceding)|next|following)? ?"
    r"(?:fiscal )?(?:year|season)(?: (?P<before>before|earlier|prior)| after| later)?(?: that)?\b",
    re.IGNORECASE,
)
_A_YEAR: Final = re.compile(rf"\b{YEAR}\b")
_DATE: Final = re.compile(
    rf"\b(?:\d{{1,2}} {MONTH}(?:,? \d{{4}})?|{MONTH} \d{{1,2}}\b(?:,? \d{{4}})?|{MONTH} \d{{4}})\b"
)
_A_MONTH: Final = re.compile(rf"\b{MONTH}\b")
_NAME: Final = re.compile(r"(?<=[\w,] )[A-Z][\w'’&-]*(?: [A-Z\d][\w'’&-]*)*")
_POSSESSIVE: Final = re.compile(r"['’]s$")
_MAX_PART_WORDS: Final = 4
_BEING: Final = frozenset("is are was were be been being".split())
_FUNCTION: Final = "|".join(
    map(re.escape, sorted(STOP_WORDS | PREPOSITIONS | AUXILIARIES | QUESTION_WORDS | {"many"}))
)
_RUN: Final = re.compile(
    rf"(?<![\w'’-])(?P<article>(?:the|an?) )?"
    rf"(?P<run>(?!(?:{_FUNCTION})\b)[\w'’-]+(?: (?!(?:{_FUNCTION})\b)[\w'’-]+)*)",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(rf"\b[A-Z]|^{YEAR}$")
_SUPERLATIVE: Final = re.compile(
    r"\b(?:most|least|(?!(?:inter|for|requ|gu|w|t|r)est\b)[a-z]+est)\b"
)
_KINDS: Final = (
    *((kind, kind) for kind in (_DATE, _A_MONTH, _A_YEAR, _SUPERLATIVE, _NAME)),
    (re.compile(rf"\b{MONTH} \d{{4}}\b"), re.compile(rf"(?<=\bin ){YEAR}\b")),
)
"""What a part may be, and what it takes the place of: "in March 1999" that of "in 1998"."""

_NO_PART: Final = AUXILIARIES | QUESTION_WORDS | {"one", "ones", "only", "just"}
_EMPTY: Final = STOP_WORDS | PREPOSITIONS


def exchanged(question: str, previous: str) -> str:
    """Return the earlier question with the part that the question names; "" where it asks more."""
    if stepped := _stepped(question, previous):
        return stepped
    opening = OPENING.match(question)
    part = question[opening.end() if opening else 0 :].strip(" ?.!,")
    if not part or {*words(part)} & _NO_PART:
        return ""
    for kind, place in _KINDS:
        new, old = kind.search(f"for {part}"), list(place.finditer(previous))
        if new and old and not _says_more(f"for {part}", new):
            return _swapped(previous, _likest(old, new).span(), new.group())
    return _phrase_exchanged(part, previous)


def _phrase_exchanged(part: str, previous: str) -> str:
    """Return the earlier question with words for its like, or only, phrase; "" for no such."""
    lead, _, rest = part.partition(" ")
    led = lead.lower() if lead.lower() in PREPOSITIONS else ""
    new = rest if led else part
    found = _phrases(previous)
    same = [
        one
        for one in found
        if (led and one.led == led) or {*words(one.text)} & {*words(new)} - STOP_WORDS
    ]
    spot = (same or found)[-1:] if same or len(found) == 1 else []
    if not spot or _NAME.search(f"for {new}") or len(new.split()) > _MAX_PART_WORDS:
        return ""
    return _swapped(previous, spot[0].span, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """A thing in a question, with its article; `led` is the preposition before it, else ""."""

    span: tuple[int, int]
    text: str
    led: str


def _phrases(text: str) -> list[_Phrase]:
    """Return the runs of words that are no function words, without names, times and verbs."""
    found = (_phrase(match) for match in _RUN.finditer(text))
    return [one for one in found if one and not _NAMED.search(one.text)]


def _phrase(match: re.Match[str]) -> _Phrase | None:
    before = match.string[: match.start()].split()[-1:] or [""]
    after = match.string[match.end() :].split()[:1] or [""]
    lead, run = before[0].lower(), match["run"].split()
    if lead in AUXILIARIES - _BEING and (after[0].lower() in PREPOSITIONS | {"", "?"}):
        run = run[:-1]  # "does a school class pay"
    is_verb = len(run) == 1 and after[0].isalpha() and not match["article"]
    if not run or (is_verb and lead not in PREPOSITIONS):
        return None
    end = match.start("run") + len(" ".join(run))
    led = lead if lead in PREPOSITIONS else ""
    text = match.string[match.start() : end]
    return _Phrase(span=(match.start(), end), text=text, led=led)


def _stepped(question: str, previous: str) -> str:
    """Return the earlier question of the year before or after, where nothing else is asked."""
    step, years = _STEP.search(question), _A_YEAR.search(previous)
    if not (step and years) or _says_more(question, step):
        return ""
    is_back = step["back"] or step["before"] or step.group().lower().startswith("last")
    by = -1 if is_back else 1
    return _A_YEAR.sub(lambda match: str(int(match.group()) + by), previous)


def _says_more(text: str, part: re.Match[str]) -> bool:
    rest = f"{text[: part.start()]} {text[part.end() :]}"
    return any(word not in _EMPTY for word in words(rest))


def _likest(old: list[re.Match[str]], new: re.Match[str]) -> re.Match[str]:
    """Return the last that shares a word, else the last with or without an article as it has."""
    own, article = {*words(new.group())}, _has_article(new)
    same = [one for one in old if own & {*words(one.group())}]
    return (same or [one for one in old if _has_article(one) == article] or old)[-1]


def _has_article(match: re.Match[str]) -> bool:
    return match.string[: match.start()].lower().endswith((" the ", " a ", " an "))


def _swapped(text: str, span: tuple[int, int], new: str) -> str:
    kept = _POSSESSIVE.search(text[slice(*span)])
    ending = kept.group() if kept and not _POSSESSIVE.search(new) else ""
    return f"{text[: span[0]]}{new}{ending}{text[span[1] :]}"


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
    """Return the standalone question with its topic; empty and very long ones as they are."""
    if not question.strip() or len(question) > MAX_SAID:
        return Standalone(text=question)
    said = _Said()
    for turn in latest(history):
        said = _after(said, turn)
    asked = question.strip()
    if said.question and leans(asked):
        text = " ".join(_completed(asked, said.question).split()[-_MAX_WORDS:])
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
    if asks_again(asked):
        return previous
    return exchanged(asked, previous) or f"{asked.rstrip(' ?.!')} ({_thing(previous)})?"


def _thing(question: str) -> str:
    """Return what a question asks about, to stand within another; the whole where it isn't told."""
    whole = question.rstrip(" ?.!")
    thing = _ASKING.sub("", whole)
    return thing if thing != whole else whole[:1].lower() + whole[1:]


def _topic(said: _Said, text: str) -> str:
    known = {*words(text)} | STOP_WORDS
    answer = " ".join(said.answer.split()[:_ANSWER_WORDS])
    spoken = words(f"{said.question} {said.latest} {answer}")
    found = (word for word in spoken if word not in known)
    return " ".join(dict.fromkeys(found))
