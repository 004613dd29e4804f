import pytest
from builders_answer import chunk, hit, snow_scorer

from rag.answer.base.citations import resolve_marks
from rag.answer.computed.computed_answers import MOST_LISTED, work_out
from rag.answer.computed.counting import counted, labels
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import understand
from rag.datamodel import Context

CHIPS = (
    "Microcontrollers of the family\n"
    "Chip | Flash | EEPROM | Package\n"
    "T11 | 1k | 64 | DIP-8\n"
    "T12 | 1k | 128 | SOIC-8\n"
    "T22 | 2k | 128 | DIP-8\n"
    "T44 | 4k | 256 | DIP-40"
)


def context(text=CHIPS, *dropped):
    return Context(hits=(hit(chunk("t", text, role="table")),), dropped=dropped)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many of the microcontrollers have 128 bytes of EEPROM?", ["T12", "T22"]),
        ("Which microcontrollers have a DIP-8 package?", ["T11", "T22"]),
        ("List the chips with 1k of flash.", ["T11", "T12"]),
        ("Which chips have more than 2k of flash?", ["T44"]),
        ("How many microcontrollers have at least 128 bytes of EEPROM?", ["T12", "T22", "T44"]),
        ("Which chips have 100 to 200 bytes, between 100 and 200, of EEPROM?", ["T12", "T22"]),
        ("Which DIP-8 chips have less than 128 bytes of EEPROM?", ["T11"]),
    ],
)
def test_rows_with_a_named_value_are_counted_or_listed(question, expected):
    assert labels(counted(understand(question), context())) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How much EEPROM does the T44 have?",
        "How many bytes of EEPROM does the T44 have?",
        "How many microcontrollers have 256 bytes of EEPROM?",  # one row: it is looked up
        "How many marmots live at the pass?",
        "Which chip has 64 bytes of EEPROM?",
        "Which chips weigh more than 64 g?",  # no column says
    ],
)
def test_a_value_that_is_looked_up_is_not_counted(question):
    assert counted(understand(question), context()) is None


def test_nothing_is_counted_in_a_table_that_is_not_whole():
    rest = hit(chunk("u", CHIPS, role="table"), 2)

    asked = understand("How many of the microcontrollers have 128 bytes of EEPROM?")
    assert counted(asked, context(CHIPS, rest)) is None


def test_a_count_comes_first_and_each_row_is_quoted_with_its_mark():
    asked = understand("How many of the microcontrollers have 128 bytes of EEPROM?")
    text = work_out(asked, context(), AnswerRanker(snow_scorer()))

    assert text.startswith("**2** — 2 of the 4 rows of the table: EEPROM is 128.")
    assert "T12 — EEPROM: 128" in text
    citations, unresolved = resolve_marks(text, context())
    assert len(citations) == 2
    assert unresolved == ()


def test_of_many_rows_the_first_are_quoted_and_the_others_counted():
    rows = "\n".join(f"T{n} | 1k | 64 | DIP-8" for n in range(MOST_LISTED + 5))
    table = f"Microcontrollers\nChip | Flash | EEPROM | Package\n{rows}\nT99 | 9k | 9 | SOIC-8"
    asked = understand("How many microcontrollers come in a DIP-8 package?")
    text = work_out(asked, context(table), AnswerRanker(snow_scorer()))

    assert text.startswith(f"**{MOST_LISTED + 5}**")
    assert "… and 5 more" in text


def test_what_is_asked_of_the_rows_is_said():
    asked = understand("Which chips have more than 2k of flash?")

    assert counted(asked, context()).told == "Flash is more than 2k"


def test_amounts_are_compared_in_the_scale_of_their_table():
    table = "Sales in millions\nStore | Sales\nBasel | 1,200\nBern | 900\nChur | 80"
    asked = understand("Which stores had sales of more than 1 billion?")

    assert labels(counted(asked, context(table))) == ["Basel"]


def test_where_no_row_lies_within_the_nearest_is_quoted():
    asked = understand("Which chips have more than 9k of flash?")
    text = work_out(asked, context(), AnswerRanker(snow_scorer()))

    assert text.startswith("**None** — 0 of the 4 rows of the table: Flash is more than 9k.")
    assert "T44 — Flash: 4k" in text
