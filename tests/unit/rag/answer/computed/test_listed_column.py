"""Columns of things that are listed whole."""

import pytest
from builders_answer import chunk, hit

from rag.answer.computed.computed_answers import enumerated
from rag.answer.computed.listed_column import listed_column, lists_column
from rag.answer.computed.table_rows import tables_of
from rag.answer.question.question import understand
from rag.datamodel import Context

TOOLS = """Id | Instrument | Height
T-01 | Thermometer | 2 m
W-01 | Anemometer | 10 m
P-01 | Rain gauge | 1 m"""
HIT = hit(chunk("t", TOOLS, role="table", headings=("Hut", "Instruments")))
CONTEXT = Context(hits=(HIT,))


@pytest.mark.parametrize(
    "question", ["List all the instruments", "What instruments are there?", "which instruments"]
)
def test_every_thing_of_the_column_is_listed_and_counted(question):
    asked = understand(question)
    found = listed_column(asked, CONTEXT)

    assert enumerated(found, asked).split("\n") == [
        "3 rows of the table, by Instrument:",
        "- T-01 — Instrument: Thermometer; Height: 2 m [1]",
        "- W-01 — Instrument: Anemometer; Height: 10 m [1]",
        "- P-01 — Instrument: Rain gauge; Height: 1 m [1]",
    ]
    assert lists_column(asked, tables_of([HIT])[0])


def test_the_things_that_lead_their_rows_are_named():
    visits = "Visit | Start\nSunrise visit | 05:15\nSchool class | 10:30\nStation | 11:00"
    asked = understand("Which visits are there?")
    found = listed_column(asked, Context(hits=(hit(chunk("v", visits, role="table")),)))

    assert enumerated(found, asked).split("\n")[1] == "- Sunrise visit — Start: 05:15 [1]"


@pytest.mark.parametrize(
    "question",
    [
        "Which instruments failed in the storm?",
        "List the heights",
        "How many instruments are there?",
    ],
)
def test_what_only_some_rows_are_is_no_list_of_the_column(question):
    assert listed_column(understand(question), CONTEXT) is None


def test_many_things_stand_in_one_line_with_every_mark():
    rows = "\n".join(f"{n} | tool{n} | {n} m" for n in range(20))
    context = Context(hits=(hit(chunk("t", f"Id | Tool | Height\n{rows}", role="table")),))
    asked = understand("List the tools")

    told = enumerated(listed_column(asked, context), asked)
    assert told.startswith("20 rows of the table, by Tool: tool0; tool1; ")
    assert told.endswith("tool19 [1]")
