"""Follow-ups to standalone queries, by rule. Knows words; knows no model.

The conversation is read from its beginning: each question is made standalone by what came before,
and then is what the next one may lean on. A question that stands alone begins a new topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rag.answer.base.refusal import is_refusal
from rag.answer.base.rules import ALL_RULES, Rules
from rag.answer.followup.exchange import (
    added,
    exchanged,
    in_another_year,
    is_bare,
    like_phrase_exchanged,
    meant,
    remnant,
    with_the_year,
)
from rag.answer.followup.mentions import (
    bare,
    content,
    counted_noun,
    counted_phrase,
    is_person,
    names,
    subject,
    things,
)
from rag.answer.followup.pronouns import (
    PERSON,
    PLURAL,
    Antecedents,
    possessive,
    pronouns,
    resolved,
)
from rag.answer.followup.signs import (
    LEANS_FROM,
    RELATED_FROM,
    asks_again,
    chance_of_leaning,
    names_barely,
    names_nothing,
    opens_as_follow_up,
    points_back,
)
from rag.answer.followup.written_form import carefully_written
from rag.datamodel import Turn
from rag.question_length import MOST_SAID, latest
from rag.text import MARK

_MOST_WORDS: Final = 60
_TOPIC_WORDS: Final = 60
_ANSWER_WORDS: Final = 40
_SHORT_QUESTION_WORDS: Final = 20
_SHORT_ANSWER_WORDS: Final = 6
_JOINING: Final = re.compile(r"^\s*(?:and|but|so|then|also)\b[\s,]*", re.IGNORECASE)
_CHOOSES: Final = re.compile(r"^\s*(?:and |so )?(?:which|what|who|whom|where)\b", re.IGNORECASE)
_VERB: Final = r"(?= (?:is|are|was|were|has|have|had|do|does|did|can|will)\b)"
_WHICH_ONE: Final = re.compile(rf"^\s*which(?: ones?)?{_VERB}", re.IGNORECASE)
_WHICH_THING: Final = re.compile(rf"^\s*which(?: [\w'’-]+){{1,5}}?{_VERB}", re.IGNORECASE)
"""`Which has` after `which candy has` is which candy."""

_WHO: Final = re.compile(r"\bwho\b", re.IGNORECASE)
_DEFINITE: Final = re.compile(r"(?:the|this|that|these|those)\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[\w)][.?!])\s")
_SEVERAL: Final = re.compile(
    r"\band\b|(?:(?<!s)s|\b(?:staff|team|crew|band|group|company|people|family|police|children"
    r"|(?:wo)?men))$",
    re.IGNORECASE,
)
"""Things that are several, and what is said of people together."""

_FEW_WORDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """A question that needs no history, and the words of the conversation it leans on.

    `topic` is "" where the question stood alone. `may_be_new`: it may as well open a topic of its
    own, and be meant as it was typed.
    """

    text: str
    topic: str = ""
    may_be_new: bool = False

    @property
    def searched(self) -> str:
        """What retrieval looks for: the question and its topic."""
        return f"{self.text} {self.topic}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The conversation so far: the last question made standalone, its answer, what it is about."""

    previous: str = ""
    answer: str = ""
    focus: str = ""
    person: str = ""
    opening: str = ""
    base: str = ""
    words: frozenset[str] = field(default_factory=frozenset)
    rules: Rules = ALL_RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A question made standalone, what it is about, and whether it leans on the one before."""

    text: str
    base: str
    focus: str
    leans: bool
    surely: bool = False


def standalone(question: str, history: Sequence[Turn], rules: Rules = ALL_RULES) -> Standalone:
    """Return the standalone question with the words of its topic.

    One that stands alone is returned as it is, and so are empty ones and those of over a thousand
    characters. At most the last 60 words are kept of what had to be changed. Of the history what
    `latest` returns is read.
    """
    if not question.strip() or len(question) > MOST_SAID:
        return Standalone(text=question)
    said = _Said(rules=rules)
    for turn in latest(history):
        said = _after(said, turn)
    read = _read(question.strip(), said)
    related = read.leans or _may_lean(question, said)
    searched = related and rules.on("topic-searched")
    return Standalone(
        text=read.text,
        topic=_topic(said, read.text) if searched else "",
        may_be_new=related and not read.surely and _may_be_new(question),
    )


def _may_lean(question: str, said: _Said) -> bool:
    """Tell whether a question names a thing without telling whose: "what is the largest load?"."""
    is_word = is_bare(question) and len(content(question)) == 1
    may = is_word or (names_barely(question) and not is_bare(question))
    return bool(said.previous) and may and _chance(question, said) > RELATED_FROM


def _may_be_new(question: str) -> bool:
    """Tell whether it says enough to open a topic: "how large is it" does not."""
    is_short = len(content(question)) <= 1 and pronouns(question)
    return not is_short and not names_nothing(question)


def _after(said: _Said, turn: Turn) -> _Said:
    question = carefully_written(" ".join(turn.question.split()))
    if not question:
        return said
    read = _read(question, said)
    person = next((name for name in names(read.text) if is_person(name)), "")
    return _Said(
        previous=read.text,
        base=read.base,
        answer=_beginning(turn.answer),
        focus=read.focus or said.focus,
        person=person or (said.person if read.leans else ""),
        opening=said.opening if read.leans and said.opening else read.text,
        words=said.words | content(question),
        rules=said.rules,
    )


def _beginning(answer: str) -> str:
    """Return the first words of an answer; none of one that says that there is none."""
    if is_refusal(answer):
        return ""
    return " ".join(MARK.sub("", answer).split()[:_ANSWER_WORDS])


def _leans(question: str, said: _Said) -> bool:
    surely = points_back(question) and _chance(question, said) > LEANS_FROM
    return opens_as_follow_up(question) or surely or _lacks_thing(question)


def _lacks_thing(question: str) -> bool:
    """Tell whether it asks, and of nothing that it names: "how many are there"."""
    return question.endswith("?") and names_nothing(question)


def _chance(question: str, said: _Said) -> float:
    return chance_of_leaning(question, set(said.words))


def _read(question: str, said: _Said) -> _Read:
    """Make a question standalone."""
    if not said.previous:
        return _Read(text=question, base=question, focus=subject(question), leans=False)
    if asks_again(question):
        again, base = said.previous, said.base
        return _Read(text=again, base=base, focus=said.focus, leans=True, surely=True)
    part = _SENTENCE.split(meant(question))[0]
    alone = not part and is_bare(question)
    rest = remnant(question) if said.rules.on("exchange") else ""
    if found := _with_part(part or rest, said, alone=alone):
        text, base = found
        return _Read(text=_kept(text), base=base, focus=subject(text), leans=True, surely=True)
    if moved := _moved(question, said):
        return _Read(text=moved, base=moved, focus=said.focus, leans=True, surely=True)
    if not _leans(question, said):
        return _Read(text=question, base=question, focus=subject(question), leans=False)
    text, focus = _completed(question, said)
    surely = opens_as_follow_up(question)
    return _Read(text=_kept(text), base=_kept(text), focus=focus, leans=True, surely=surely)


def _with_part(part: str, said: _Said, *, alone: bool) -> tuple[str, str] | None:
    """Return the earlier question with a part exchanged or added, and what the next goes into.

    What was only added is not added to again. None without a part, and of one that asks `alone`
    where nothing is exchanged.
    """
    if not part:
        return None
    previous = said.base
    part = _dated(part.strip(" ?.!"), previous, said.rules)
    if found := _shifted(part, previous, said.rules) or exchanged(part, previous):
        return found, found
    if alone:
        return None
    found = like_phrase_exchanged(part, previous)
    return (found, found) if found else (added(part, previous), previous)


def _moved(asked: str, said: _Said) -> str:
    """Return the earlier question of another year, where nothing else is asked."""
    only_time = len(content(asked)) <= _FEW_WORDS and pronouns(asked)
    return _shifted(asked, said.previous, said.rules) if only_time else ""


def _shifted(text: str, previous: str, rules: Rules) -> str:
    return in_another_year(text, previous) if rules.on("year-before") else ""


def _dated(text: str, previous: str, rules: Rules) -> str:
    return with_the_year(text, previous) if rules.on("same-year") else text


def _completed(question: str, said: _Said) -> tuple[str, str]:
    """Return the question with its pronouns replaced, or its topic named at the end."""
    asked = _of_things(_JOINING.sub("", question), said.previous)
    if _WHICH_THING.match(asked):
        return asked, said.focus
    timed = _dated(asked, said.previous, said.rules)
    text = resolved(timed, _antecedents(said)) if said.rules.on("pronouns") else timed
    leaves = _points_to_no_thing(timed, said) and not names_nothing(asked)
    named = said.rules.on("topic-named") and not leaves
    if text == timed and named:
        text = _with_topic(timed, said, joined=asked != question)
    own = subject(asked)
    own_thing = own and not pronouns(asked) and (names(own) or not _DEFINITE.match(own))
    if asked != question:
        text = text[:1].upper() + text[1:]
    return _kept(text), own if own_thing else said.focus


def _of_things(asked: str, previous: str) -> str:
    """Return a question for one of several with what they are, as the earlier question said."""
    which, noun = _WHICH_THING.match(previous), counted_noun(previous)
    several = which.group() if which else f"which {noun}" if noun else ""
    return _WHICH_ONE.sub(several, asked, count=1) if several else asked


def _points_to_no_thing(question: str, said: _Said) -> bool:
    """Tell whether only what no thing that was spoken of explains points back.

    That is `there`, `they` where one thing alone was spoken of, `she` where nobody was.
    """
    pointing = {question[start:end].lower() for start, end in pronouns(question)}
    known = _antecedents(said)
    unexplained = {"there"}
    unexplained |= frozenset() if known.plural else PLURAL
    unexplained |= frozenset() if known.person else PERSON
    return bool(pointing) and pointing <= unexplained


def _with_topic(asked: str, said: _Said, *, joined: bool) -> str:
    """Return the question with what it is about after it.

    After an `and` that is the earlier question itself: `Who came second (who came first)?`
    """
    topic = said.focus or subject(said.previous)
    stem = asked.rstrip(" ?.!")
    short = len(said.base.split()) <= _SHORT_QUESTION_WORDS and "(" not in said.base
    if short and (joined or (not topic and asked.endswith("?"))):
        return f"{stem} ({said.base[:1].lower()}{said.base[1:].rstrip(' ?.!')})?"
    return f"{stem} ({topic})?" if not content(topic) <= content(asked) else asked


def _antecedents(said: _Said) -> Antecedents:
    focus = said.focus or subject(said.previous)
    thing = _chosen(said) or focus
    return Antecedents(
        person=_person(said, focus),
        thing=thing,
        plural=_counted(said) or _several(focus if is_person(thing) else thing),
        one=counted_noun(said.previous),
        place=_chosen(said) or (focus if things(focus) else ""),
    )


def _chosen(said: _Said) -> str:
    """Return the name that answered `which` or `who`, where the answer is little else."""
    if not _CHOOSES.match(said.previous) or len(said.answer.split()) > _SHORT_ANSWER_WORDS:
        return ""
    new = [name for name in names(said.answer) if name not in said.previous]
    return new[0] if len(new) == 1 and not re.search(r"\d", said.answer) else ""


def _several(thing: str) -> str:
    """Return what `they` may be: a name, of a firm or a band, or several things; else ""."""
    return thing if things(thing) or _SEVERAL.search(thing) else ""


def _counted(said: _Said) -> str:
    """Return what was counted, and whose: `Costco's membership warehouses`."""
    counted = counted_phrase(said.previous)
    owner = subject(said.previous)
    if not counted or not names(owner) or owner in counted:
        return counted
    return f"{possessive(owner)} {counted}"


def _person(said: _Said, focus: str) -> str:
    """Return who `he` or `she` is: who was asked for, else the person that was spoken of."""
    asked_for = names(said.answer) if _WHO.search(said.previous) else []
    new = [name for name in asked_for if is_person(name) and name not in said.previous]
    known = [*new[:1], *([focus] if is_person(focus) else []), said.person]
    someone = next(filter(None, (*known, *names(said.opening)[:1])), focus)
    return someone if names(someone) else ""


def _topic(said: _Said, text: str) -> str:
    """Return the words of opening, earlier question and answer that the text does not hold."""
    known = content(text)
    found: dict[str, None] = {}
    for earlier in (said.opening, said.focus, said.previous, said.answer):
        for word in earlier.split():
            if not (content(word) <= known):
                found.setdefault(bare(word.strip("?.,;:!\"'()*“”")))
    return " ".join(list(found)[:_TOPIC_WORDS])


def _kept(text: str) -> str:
    return " ".join(text.split()[-_MOST_WORDS:])
