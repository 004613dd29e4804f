"""How sentences, points and rows are shown."""

from dataclasses import replace

import pytest
from builders_answer import DEPTHS, chunk, hit, resolve_marks

from rag.answer.evidence.evidence import candidates
from rag.answer.passages.units import is_listing, quotation, unit_of
from rag.answer.question.qualities import same_measure
from rag.answer.question.question import understand
from rag.datamodel import Context

ASKED = understand("How deep was the snow?")


def units(text, role="text"):
    found = hit(chunk("c", text, role=role))
    return [unit_of(evidence, ASKED) for evidence in candidates(found)], found


@pytest.mark.parametrize(
    ("text", "role", "headings", "quoted"),
    [
        ("The snow lay deep in March.", "text", (), ["“The snow lay deep in March.” [1]"]),
        (
            "How winter went\nThe snow lay deep in the month of March.",
            "text",
            ("How winter went",),
            ["How winter went: “The snow lay deep in the month of March.” [1]"],
        ),
        (
            "Bring along for the way:\n- a warm jacket for two",
            "text",
            (),
            ["“Bring along for the way:” [1]", "“a warm jacket for two” [1]"],
        ),
        (
            DEPTHS,
            "table",
            (),
            [
                "1998 — Days of snow: 140; Greatest depth: 212 cm [1]",
                "1999 — Days of snow: 171; Greatest depth: 317 cm [1]",
            ],
        ),
    ],
)
def test_a_unit_is_quoted_with_its_heading_and_mark(text, role, headings, quoted):
    found = hit(chunk("c", text, role=role, headings=headings))
    told = [quotation([unit_of(evidence, ASKED)]) for evidence in candidates(found)]

    assert told == quoted
    for one in told:
        (citation,), unresolved = resolve_marks(one, Context(hits=(found,)))
        assert citation.quote in found.chunk.text
        assert unresolved == ()


def test_units_of_one_hit_are_quoted_each_with_its_mark():
    told, _ = units("The snow lay deep in March. The rain fell in June again.")
    rows, _ = units(DEPTHS, role="table")

    assert (
        quotation(told) == "“The snow lay deep in March.” [1] … “The rain fell in June again.” [1]"
    )
    assert [line[:6] for line in quotation(rows).split("\n")] == ["- 1998", "- 1999"]


def test_a_column_that_is_called_by_a_word_for_the_same_measure_is_asked_for_too():
    row, *_ = candidates(hit(chunk("c", DEPTHS, role="table")))
    asked = replace(understand("How deep was it?"), related=same_measure("How deep was it?"))

    assert unit_of(row, asked).shown == "1998 — Greatest depth: 212 cm; Days of snow: 140"


def test_a_mark_in_the_words_of_a_document_cites_nothing():
    told, found = units("Snow lay deep in March, as others found [1].")

    citations, _ = resolve_marks(quotation(told), Context(hits=(found,)))
    assert len(citations) == 1


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("5.7 Restoring the watch to its factory settings............ 38", True),
        ("1 Scope … 2\n2 Terms … Page 4", True),
        ("Western … $8.50\nFarmers … $8.75", False),
        ("Restoring the watch.......... 38\nPress the upper button.\nTouch Reset.", False),
    ],
)
def test_lines_that_lead_to_pages_list_what_is_told_elsewhere(text, lists):
    assert is_listing(chunk("c", text)) is lists
