"""How sentences, points and rows are shown."""

from dataclasses import replace

import pytest
from builders_answer import DEPTHS, chunk, hit, resolve_marks

from rag.answer.evidence.evidence import candidates
from rag.answer.passages.units import is_listing, passage_text, unit_of
from rag.answer.question.qualities import same_measure
from rag.answer.question.question import understand
from rag.datamodel import Context

ASKED = understand("How deep was the snow?")


def units(text, role="text"):
    found = hit(chunk("c", text, role=role))
    return [unit_of(evidence, ASKED) for evidence in candidates(found)], found


def test_sentences_side_by_side_are_one_quotation():
    told, found = units("The snow lay deep in March. The rain fell in June again.")
    text = passage_text(told)

    assert text == "“The snow lay deep in March. The rain fell in June again.” [1]"
    (citation,), unresolved = resolve_marks(text, Context(hits=(found,)))
    assert citation.quote == found.chunk.text
    assert unresolved == ()


def test_what_is_quoted_with_a_gap_is_cited_in_both_places():
    told, found = units("The snow lay deep in March. The rain fell in June again. It froze in May.")
    text = passage_text([told[0], told[2]])

    assert text == "“The snow lay deep in March.” [1] … “It froze in May.” [1]"
    cited, unresolved = resolve_marks(text, Context(hits=(found,)))
    assert [citation.quote for citation in cited] == [
        "The snow lay deep in March.",
        "It froze in May.",
    ]
    assert unresolved == ()


def test_a_quotation_shows_that_its_sentence_begins_on_the_page_before():
    (ending, rest), found = units("deep in March, as it had in May. The rain fell in June again.")
    text = passage_text([ending, rest])

    assert text == "“… deep in March, as it had in May. The rain fell in June again.” [1]"
    (citation,), unresolved = resolve_marks(text, Context(hits=(found,)))
    assert citation.quote == found.chunk.text
    assert unresolved == ()
    assert passage_text([rest]).startswith("“The rain")


def test_the_heading_of_a_section_stands_before_what_is_quoted():
    text = "How the winter of the year before went\nThe snow lay deep in March. It rained in June."
    found = hit(chunk("c", text, headings=("How the winter of the year before went",)))
    told = [unit_of(evidence, ASKED) for evidence in candidates(found)]

    assert passage_text(told) == (
        "How the winter of the year before went: "
        "“The snow lay deep in March. It rained in June.” [1]"
    )


def test_a_heading_alone_is_quoted():
    found = hit(chunk("c", "The winter of that year", headings=("The winter of that year",)))

    assert passage_text([unit_of(candidates(found)[0], ASKED)]) == "“The winter of that year” [1]"


def test_hits_that_go_on_with_each_other_are_quoted_each_with_its_mark():
    leads, points = hit(chunk("c", "Bring these along:")), hit(chunk("d", "Boots and a jacket."), 2)
    told = [unit_of(evidence, ASKED) for one in (leads, points) for evidence in candidates(one)]

    assert passage_text(told) == "“Bring these along:” [1]\n“Boots and a jacket.” [2]"


def test_points_of_a_list_are_lines_with_a_mark_each():
    told, _ = units("Bring along for the way:\n- a warm jacket for two\n- boots with firm soles")

    assert passage_text(told).split("\n") == [
        "“Bring along for the way:” [1]",
        "- “a warm jacket for two” [1]",
        "- “boots with firm soles” [1]",
    ]


def test_rows_name_their_columns_and_keep_their_labels():
    told, found = units(DEPTHS, role="table")
    lines = passage_text(told).split("\n")

    assert lines == [
        "- 1998 — Days of snow: 140; Greatest depth: 212 cm [1]",
        "- 1999 — Days of snow: 171; Greatest depth: 317 cm [1]",
    ]
    citations, _ = resolve_marks("\n".join(lines), Context(hits=(found,)))
    assert [c.quote for c in citations] == ["1998 | 212 cm | 140", "1999 | 317 cm | 171"]


def test_a_column_that_is_called_by_a_word_for_the_same_measure_is_asked_for_too():
    row, *_ = candidates(hit(chunk("c", DEPTHS, role="table")))
    asked = replace(understand("How deep was it?"), related=same_measure("How deep was it?"))

    assert unit_of(row, asked).shown == "1998 — Greatest depth: 212 cm; Days of snow: 140"


def test_a_heading_stands_before_the_quotation_of_what_is_under_it():
    told, _ = units("Guided visits\nVisits take place from July to October each year.")

    assert passage_text(told) == (
        "Guided visits: “Visits take place from July to October each year.” [1]"
    )


def test_short_lines_that_stand_together_are_no_heading():
    told, _ = units("Ada Frey\nLime Lane 4")

    assert passage_text(told) == "“Ada Frey Lime Lane 4” [1]"


def test_a_mark_in_the_words_of_a_document_cites_nothing():
    told, found = units("Snow lay deep in March, as others found [1].")

    citations, _ = resolve_marks(passage_text(told), Context(hits=(found,)))
    assert len(citations) == 1


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("5.7 Restoring the watch to its factory settings............ 38", True),
        ("1 Scope . . . . . . . . 2\n2 Terms . . . . . . . . 4", True),
        ("1 Scope … 2\n2 Terms … Page 4", True),
        ("Western … $8.50\nFarmers … $8.75", False),
        ("The watch starts anew... 38 seconds later it is ready.", False),
        ("Restoring the watch.......... 38\nPress the upper button.\nTouch Reset.", False),
    ],
)
def test_lines_that_lead_to_pages_list_what_is_told_elsewhere(text, lists):
    assert is_listing(chunk("c", text)) is lists


def test_a_row_of_numbers_behind_dots_is_a_row():
    assert not is_listing(chunk("c", "Salad bars . . . . . . . . 18", role="table"))
