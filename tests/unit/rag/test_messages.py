"""The lines above answers, in the language of the question."""

import re
from pathlib import Path

import pytest
from babel import Locale

from rag import messages
from rag.refusal import (
    CLOSEST,
    NOT_ANSWERED,
    NOTHING_FOUND,
    PARTLY,
    QUOTED,
    UNSURE,
    lead_ins,
)
from rag.retrieval.across import PREPARED
from rag.understanding.question.question import understand

LINES = {CLOSEST, NOT_ANSWERED, NOTHING_FOUND, PARTLY, PREPARED, QUOTED, UNSURE}
CODES = sorted(path.stem for path in Path(messages.__file__).parent.glob("locale/*.po"))


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_every_line(code):
    told = messages.catalogue(code)

    assert Locale.parse(code)
    assert set(told) == LINES
    assert all(one == one.strip() for one in told.values())
    assert len(set(told.values())) == len(LINES)
    assert all(re.search(r"[:：]$", told[lead]) for lead in LINES - {NOTHING_FOUND, PREPARED})


def test_twenty_languages_have_them():
    assert len(CODES) >= 20
    assert messages.catalogue("xx") == {}


def test_a_question_gets_them_in_its_own_language():
    asked = understand("Jak głęboki był śnieg na przełęczy w marcu?")

    assert asked.say(UNSURE) == "Niepewne:"
    assert asked.say("Cheese.") == "Cheese."
    assert understand("How deep was the snow on the pass?").say(UNSURE) == UNSURE


def test_they_are_known_for_what_they_are_in_any_language():
    assert {"Niepewne:", "Nicht sicher:", UNSURE} & lead_ins() >= {"Niepewne:", UNSURE}
    assert "Snow fell:" not in lead_ins()
