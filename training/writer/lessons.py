"""Drawn lessons: some sources, and questions on them with the answers that are wanted.

The prompts are the program's own. What is asked is stated in one source, or in none: then it is
stated of another thing, or another side of the thing is. Knows facts, pictures and prompts; knows
no tokens.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.refusal import NO_SOURCE
from rag.datamodel import (
    Chunk,
    Context,
    Hit,
    ImageAsset,
    Prompt,
    Provenance,
    Query,
)
from rag.generation.prompt import build_prompt
from rag.generation.tools.calls import MOST_STEPS, ToolCall, instructions, told_steps
from rag.generation.tools.toolbox import outcome_of
from rag.protocols import Pixels
from training.writer.facts import (
    FILLERS,
    KINDS,
    NAMED,
    SHOWN_BY,
    Fact,
    made_fact,
    made_name,
    made_naming,
    made_showing,
    made_shown_number,
    made_thing,
)
from training.writer.numerals import draw_number
from training.writer.oddities import made_oddity

SUFFIXES: Final = "txt md pdf docx html pptx".split()
NOT_OFFERED: Final = 0.3
"""Share of the lessons in which no further search is offered."""

OFFERED: Final = 0.75
"""Up to which share it is offered; then one was made."""

IN_VAIN: Final = 0.7
"""Share of the searches that were made for what no source holds."""

NAMES_ASKED: Final = 10
NAMESAKES: Final = 0.6
"""Share of the things which no source names that differ from one that is named by their name."""

UNKNOWN_KINDS: Final = 0.15
"""Share of the lessons with a kind of thing whose word is made."""

BETWEEN: Final = (" ", " ", "\n")
"""What stands between the sentences of a source."""

CALL: Final = "CALL search: "
_NAME: Final = re.compile(r"\b[^\W\d_a-z]\w*")
"""The name in how a thing is spoken of."""

_TAKES: Final = ImageAsset(
    id="drawn",
    path="drawn.png",
    media_type="image/png",
    width_px=160,
    height_px=160,
    phash="0" * 16,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How hard lessons are: so many sources, facts of each, and questions; shares of 1 else.

    `refused` are questions that no source answers, `pictures` sources that are a picture,
    `fillers`, `oddities` and `titled` those with a sentence of no fact, with text of another kind,
    and named after their thing;
    `pronouns` are facts told of "it"; `named` is the share of lessons in which sources only name
    things, many of which are asked for; `strange` is the share of the questions without an answer
    that are of a thing which no source names.
    """

    sources: tuple[int, int]
    facts: tuple[int, int]
    refused: float
    pictures: float = 0.0
    fillers: float = 0.0
    oddities: float = 0.0
    pronouns: float = 0.0
    titled: float = 1.0
    asked: int = 6
    named: float = 0.0
    strange: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """The prompt of its first question; of each question the words and the answer."""

    prompt: Prompt
    pictures: tuple[Pixels, ...]
    asked: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    chunk: Chunk
    facts: tuple[Fact, ...]
    pixels: Pixels | None = None
    number: str = ""


def draw_lesson(rng: random.Random, stage: Stage, *, held: bool = False) -> Lesson:
    """Return a lesson; `held` draws its names from those that are kept back."""
    if rng.random() < stage.named:
        sources = [_naming(rng, number, held=held) for number in range(rng.randint(2, 6))]
        stage = replace(stage, asked=NAMES_ASKED, refused=0.4)
    else:
        sources = _sources(rng, stage, held=held)
    sought = _unstated(rng, sources, replace(stage, strange=1.0), held=held)
    hits = tuple(
        Hit(chunk=source.chunk, score=1.0, rank=rank, channel="fused")
        for rank, source in enumerate(sources, start=1)
    )
    told = sought.thing if rng.random() < IN_VAIN else rng.choice(sources).facts[0].thing
    before, absent = _looked_further(rng, hits, told) if stage.refused else ("", NO_SOURCE)
    drawn = [_question(rng, sources, stage, absent, held=held) for _ in range(stage.asked)]
    if stage.refused:
        drawn.append((_asked(rng, sought), _without_source(sought, absent)))
    asked = tuple(dict.fromkeys(drawn))
    return Lesson(
        prompt=build_prompt(Query(text=asked[0][0]), Context(hits=hits), before=before),
        pictures=tuple(source.pixels for source in sources if source.pixels is not None),
        asked=asked,
    )


def _naming(rng: random.Random, number: int, *, held: bool) -> _Source:
    """Return a source that says nothing of its thing but its name."""
    thing = made_thing(rng, made_name(rng, held=held), rng.choice(KINDS))
    title = thing.removeprefix("the ")
    fact = made_naming(thing)
    return _Source(chunk=_chunk(rng, title, f"{fact.statement}.", number), facts=(fact,))


def _sources(rng: random.Random, stage: Stage, *, held: bool) -> list[_Source]:
    """Return sources; some of their things share a name or a kind."""
    count = rng.randint(*stage.sources)
    names = [made_name(rng, held=held) for _ in range(max(1, count - rng.randint(0, 1)))]
    kinds = rng.sample(KINDS, max(1, min(3, count)))
    if rng.random() < UNKNOWN_KINDS:
        kinds[0] = made_name(rng, held=held).lower()
    sources = []
    for number in range(count):
        thing = made_thing(rng, rng.choice(names), rng.choice(kinds))
        if rng.random() < stage.pictures:
            sources.append(_pictured(rng, thing, number))
        else:
            sources.append(_written(rng, thing, number, stage, held=held))
    return sources


def _written(rng: random.Random, thing: str, number: int, stage: Stage, *, held: bool) -> _Source:
    facts: dict[str, Fact] = {}
    for _ in range(rng.randint(*stage.facts)):
        fact = made_fact(rng, thing, held=held)
        facts.setdefault(fact.slot, fact)
    told: list[Fact] = []
    for fact in facts.values():
        follows = told and fact.follows and rng.random() < stage.pronouns
        told.append(_as_following(fact) if follows else fact)
    sentences = [f"{fact.statement}." for fact in told]
    if rng.random() < stage.fillers:
        sentences.insert(rng.choice((0, len(sentences))), f"{rng.choice(FILLERS)}.")
    if rng.random() < stage.oddities:
        sentences.insert(rng.randint(0, len(sentences)), made_oddity(rng, held=held))
    plain = rng.choice(("notes", "report"))
    title = thing.removeprefix("the ") if rng.random() < 0.9 * stage.titled else plain
    return _Source(
        chunk=_chunk(rng, title, rng.choice(BETWEEN).join(sentences), number), facts=tuple(told)
    )


def _as_following(fact: Fact) -> Fact:
    return Fact(thing=fact.thing, slot=fact.slot, statement=fact.follows, questions=fact.questions)


def _pictured(rng: random.Random, thing: str, number: int) -> _Source:
    shown = rng.choice(SHOWN_BY)
    value = made_shown_number(rng)
    fact = made_showing(thing, shown, value)
    title = f"{shown} of {thing}"
    chunk = Chunk(
        id=f"{number}",
        doc_id=f"{number}",
        source=f"{title}.png",
        ordinal=0,
        role="figure",
        context=title,
        image=_TAKES,
        provenances=_page(1),
    )
    return _Source(chunk=chunk, facts=(fact,), pixels=draw_number(rng, value), number=value)


def _chunk(rng: random.Random, title: str, text: str, number: int) -> Chunk:
    """Return a passage as files give them: under its file's words, maybe under a heading."""
    file = title.lower().replace(" ", rng.choice("-_ "))
    context, suffix = file.replace("-", " ").replace("_", " "), rng.choice(SUFFIXES)
    if rng.random() < 0.3:
        heading = title[0].upper() + title[1:]
        context, text = f"{context} — {heading}", f"{heading}\n{text}"
    return Chunk(
        id=f"{number}",
        doc_id=f"{number}",
        source=f"{file}.{suffix}",
        ordinal=0,
        text=text,
        context=context,
        provenances=_page(rng.randint(1, 30)) if rng.random() < 0.4 else (),
    )


def _page(number: int) -> tuple[Provenance, ...]:
    return (Provenance(page=number),)


def _looked_further(rng: random.Random, hits: tuple[Hit, ...], sought: str) -> tuple[str, str]:
    """Return what stands before the question, and what is said where no source holds an answer.

    Further searches are not offered, or offered, or one was made, for the thing that is `sought`:
    a second one is not asked for.
    """
    way = rng.random()
    if way < NOT_OFFERED:
        return "", NO_SOURCE
    if way < OFFERED:
        return instructions(MOST_STEPS), CALL
    call = ToolCall(name="search", words=sought.removeprefix("the "))
    step = outcome_of(call, hits).step
    return told_steps((step,)) + instructions(MOST_STEPS - 1), NO_SOURCE


def _question(
    rng: random.Random, sources: Sequence[_Source], stage: Stage, absent: str, *, held: bool
) -> tuple[str, str]:
    """Return a question and its answer: the sentence with its mark, or what tells of no source."""
    if rng.random() < stage.refused:
        fact = _unstated(rng, sources, stage, held=held)
        return _asked(rng, fact), _without_source(fact, absent)
    told = [(rank, fact) for rank, one in enumerate(sources, start=1) for fact in one.facts]
    times = Counter(_said(fact) for _, fact in told)
    once = [(rank, fact) for rank, fact in told if times[_said(fact)] == 1]
    if not once:
        fact = _unstated(rng, sources, stage, held=held)
        return _asked(rng, fact), _without_source(fact, absent)
    rank, fact = rng.choice(once)
    return _asked(rng, fact), f"{fact.statement} [{rank}]."


def _without_source(fact: Fact, absent: str) -> str:
    return f"{CALL}{fact.thing.removeprefix('the ')}" if absent == CALL else absent


def _said(fact: Fact) -> tuple[frozenset[str], str]:
    """Return what a fact states, however its thing is spoken of."""
    return frozenset(fact.thing.split()) - {"the", "of"}, fact.slot


def _unstated(rng: random.Random, sources: Sequence[_Source], stage: Stage, *, held: bool) -> Fact:
    """Return what no source states, though some speak of the thing, or of the like of others."""
    stated = {_said(fact) for source in sources for fact in source.facts}
    things = sorted({fact.thing for source in sources for fact in source.facts})
    while True:
        thing = rng.choice(things)
        if rng.random() < stage.strange:
            name = made_name(rng, held=held)
            another = made_thing(rng, name, rng.choice(KINDS))
            thing = _NAME.sub(name, thing) if rng.random() < NAMESAKES else another
        fact = made_fact(rng, thing, held=held)
        if any(one.slot == NAMED for source in sources for one in source.facts):
            fact = made_naming(made_thing(rng, made_name(rng, held=held), rng.choice(KINDS)))
        elif rng.random() < 0.5:
            known = rng.choice([fact for source in sources for fact in source.facts])
            fact = Fact(
                thing=thing,
                slot=known.slot,
                statement="",
                questions=tuple(q.replace(known.thing, thing) for q in known.questions),
            )
        if _said(fact) not in stated:
            return fact


def _asked(rng: random.Random, fact: Fact) -> str:
    question = rng.choice(fact.questions)
    if rng.random() < 0.1:
        question = question.rstrip("?")
    return question[0].lower() + question[1:] if rng.random() < 0.08 else question
