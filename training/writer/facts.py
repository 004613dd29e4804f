"""Drawn facts: a thing with a made name, one sentence that states one of its sides, and questions.

Names are made of syllables, so that they can be read but not known; those of `held_back` are never
trained on. Knows words alone.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

KINDS: Final = (
    "bridge harbour library museum tower station school hotel ship mill garden castle church mine"
    " dam farm theatre hospital bakery factory market tunnel ferry lighthouse hut lake river road"
    " pump engine crane archive laboratory observatory workshop cellar hall project club choir"
).split()
VERBS: Final = (
    "opened built closed repaired sold bought painted cleaned moved tested inspected visited found"
    " designed finished measured photographed renamed rebuilt extended described drawn insured"
    " rented heated lit planned burnt flooded restored"
).split()
NOUNS: Final = (
    "code budget limit temperature speed area population rent number pressure capacity load"
    " distance volume score fee level rate power share size fine debt salary tax order index"
).split()
"""None of them asks for what a sentence of another kind states: no weight, no price."""

ROLES: Final = (
    "head founder director keeper captain cook doctor teacher guard manager neighbour tenant"
    " engineer secretary gardener"
).split()
THINGS: Final = (
    "rooms windows doors seats workers books trees lamps boats tables floors members pumps wheels"
    " cranes beds gates clocks steps pictures maps bells stones horses cats chairs towers shelves"
    " kitchens rules"
).split()
SIZES: Final = ("long metres", "high metres", "deep metres", "wide metres", "old years")
PAINTS: Final = "red blue green yellow white black brown grey orange purple".split()
STUFFS: Final = "stone wood iron glass brick copper clay steel straw marble".split()
MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
FIRST_NAMES: Final = (
    "Anna Peter Maria Lena Paul Clara Hugo Nora Emil Ida Oscar Vera Felix Mona Jonas Edith Karl"
    " Rosa Simon Greta"
).split()
FILLERS: Final = (
    "Visitors come from many places",
    "Much has been written about this",
    "The weather was fine that day",
    "More is told on the next page",
    "Nobody remembers the first years well",
    "All of this was written down by hand",
    "The work took longer than planned",
    "People still speak of it",
    "There was a feast in the evening",
    "The old papers were lost",
)
_ONSETS: Final = "b br d f g gr h k l m n p r s st t tr v z".split()
_VOWELS: Final = "a e i o u".split()
_CODAS: Final = ["", "", "l", "n", "r", "s", "rn"]
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzäöüéåøñç"
SHOWN_BY: Final = "meter sign plate ticket label display gauge counter".split()
"""What of a thing bears a number, in words or in a picture."""

NAMELESS: Final = 0.08
"""Share of the things that are spoken of by their kind alone."""

NAMED: Final = "named"
HELD_BACK: Final = 8
"""One name in so many is kept for measuring."""

ROUND: Final = 0.35
"""Share of the numbers that end in zeros, as numbers of books and of inhabitants do."""

ALIKE: Final = 0.1
"""Share of those of one or two digits over and over: to copy them is to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`statement` has no full stop; `slot` tells what of the thing it states.

    `follows` says it of "it", where something of the thing was said just before; "" if it can't.
    """

    thing: str
    slot: str
    statement: str
    questions: tuple[str, ...]
    follows: str = ""


def held_back(name: str) -> bool:
    """Tell whether a name is one of those that are never trained on, in whatever case."""
    return zlib.crc32(name.lower().encode()) % HELD_BACK == 0


def made_name(rng: random.Random, *, held: bool) -> str:
    """Return a name of two or three syllables, or now and then of letters at random."""
    while True:
        if rng.random() < 0.05:
            name = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(3, 7)))
        else:
            name = "".join(_syllable(rng) for _ in range(rng.choice((1, 2, 2, 2, 2, 2, 3))))
        if len(name) > 2 and held_back(name) == held:
            return name.capitalize()


def _syllable(rng: random.Random) -> str:
    return rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)


def made_thing(rng: random.Random, name: str, kind: str) -> str:
    """Return how a thing is spoken of: "the Telmo bridge", "the bridge of Telmo", "the bridge"."""
    if rng.random() < NAMELESS:
        return f"the {kind}"
    return rng.choice((f"the {name} {kind}", f"the {name} {kind}", f"the {kind} of {name}"))


def made_person(rng: random.Random, *, held: bool) -> str:
    return f"{rng.choice(FIRST_NAMES)} {made_name(rng, held=held)}"


def made_number(rng: random.Random) -> str:
    """Return a number of at most six digits; many have equal digits beside each other."""
    number = str(rng.randint(2, 10 ** rng.randint(1, 5)))
    way = rng.random()
    if way < ROUND:
        kept = rng.randint(1, min(3, len(number)))
        return number[:kept] + "0" * (len(number) - kept)
    if way < ROUND + ALIKE:
        digits = [rng.choice("123456789"), rng.choice("0123456789")]
        return digits[0] + "".join(rng.choice(digits) for _ in number[1:])
    return number


def made_shown_number(rng: random.Random) -> str:
    return str(rng.randint(10, 9999))


def made_fact(rng: random.Random, thing: str, *, held: bool) -> Fact:
    """Return one fact of a thing, drawn at random."""
    maker = rng.choice((_event, _event, _person, _noun, _noun, _count, _size, _stated, _shown))
    return maker(rng, thing, held)


def made_naming(thing: str) -> Fact:
    """Return that a thing is named, and nothing else of it."""
    return _fact(thing, NAMED, "{e}", ("Which source names {e}?", "What is {e}?"))


def made_showing(thing: str, bearer: str, number: str) -> Fact:
    """Return that what bears a number of the thing shows this one."""
    owned = f"the {bearer} of {{e}}"
    return _fact(
        thing,
        f"shown {bearer}",
        f"The {bearer} of {{e}} shows {number}",
        (
            f"What number does {owned} show?",
            f"What does {owned} show?",
            f"What number is on {owned}?",
        ),
    )


def _fact(thing: str, slot: str, statement: str, questions: Sequence[str]) -> Fact:
    """Fill "{e}" with the thing; a statement that begins with it can follow another."""
    whole = statement.replace("{e}", thing)
    return Fact(
        thing=thing,
        slot=slot,
        statement=whole[0].upper() + whole[1:],
        questions=tuple(question.replace("{e}", thing) for question in questions),
        follows="It" + statement.removeprefix("{e}") if statement.startswith("{e}") else "",
    )


def _event(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    verb, form = rng.choice(VERBS), rng.choice(("year", "date", "by", "by"))
    if form == "by":
        person = made_person(rng, held=held)
        return _fact(
            thing,
            f"by {verb}",
            f"{{e}} was {verb} by {person}",
            (
                f"By whom was {{e}} {verb}?",
                f"Who {verb} {{e}}?" if verb != "drawn" else "Who drew {e}?",
            ),
        )
    year = str(rng.randint(1500, 2039))
    day = f"{rng.randint(1, 31)} {rng.choice(MONTHS)}"
    when = f"in {year}" if form == "year" else f"on {day} {year}"
    return _fact(
        thing,
        f"when {verb}",
        f"{{e}} was {verb} {when}",
        (f"When was {{e}} {verb}?", f"In which year was {{e}} {verb}?"),
    )


def _person(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    role, person = rng.choice(ROLES), made_person(rng, held=held)
    return _fact(
        thing,
        f"role {role}",
        f"The {role} of {{e}} is {person}",
        (f"Who is the {role} of {{e}}?", f"What is the name of the {role} of {{e}}?"),
    )


def _noun(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    noun = rng.choice(NOUNS) if rng.random() < 0.8 else made_name(rng, held=held).lower()
    value = made_number(rng) if rng.random() < 0.7 else made_name(rng, held=held)
    return _fact(
        thing,
        f"noun {noun}",
        f"The {noun} of {{e}} is {value}",
        (f"What is the {noun} of {{e}}?", f"How much is the {noun} of {{e}}?"),
    )


def _count(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    things = rng.choice(THINGS) if rng.random() < 0.9 else made_name(rng, held=held).lower()
    return _fact(
        thing,
        f"count {things}",
        f"{{e}} has {made_number(rng)} {things}",
        (f"How many {things} does {{e}} have?", f"How many {things} are there in {{e}}?"),
    )


def _size(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    del held
    adjective, unit = rng.choice(SIZES).split()
    return _fact(
        thing,
        f"size {adjective}",
        f"{{e}} is {made_number(rng)} {unit} {adjective}",
        (f"How {adjective} is {{e}}?", f"How many {unit} {adjective} is {{e}}?"),
    )


def _stated(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    place, person = made_name(rng, held=held), made_person(rng, held=held)
    hour, number = str(rng.randint(1, 24)), made_number(rng)
    slot, statement, *questions = rng.choice(
        (
            ("place", f"{{e}} stands in {place}", "Where is {e}?", "Where does {e} stand?"),
            ("stuff", f"{{e}} is made of {rng.choice(STUFFS)}", "What is {e} made of?"),
            ("paint", f"{{e}} is painted {rng.choice(PAINTS)}", "What colour is {e}?"),
            ("cost", f"{{e}} costs {number} euros", "How much does {e} cost?"),
            ("opens", f"{{e}} opens at {hour}", "When does {e} open?"),
            ("closes", f"{{e}} closes at {hour}", "When does {e} close?"),
            ("weighs", f"{{e}} weighs {number} tonnes", "How much does {e} weigh?"),
            ("guest", f"{{e}} is rented to {person}", "To whom is {e} rented?"),
        )
    )
    return _fact(thing, slot, statement, questions)


def _shown(rng: random.Random, thing: str, held: bool) -> Fact:  # noqa: FBT001 - as all makers
    del held
    return made_showing(thing, rng.choice(SHOWN_BY), made_shown_number(rng))
