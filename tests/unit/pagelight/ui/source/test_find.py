"""Words searched for in a document: where they stand, what is lit, what is quoted."""

from builders_ui import BOX, a_document

from pagelight.services.answering.places import found_in
from pagelight.ui.source.reading import reading_html
from rag.datamodel import BBox, Element, Provenance

NEXT = BBox(x0=0.25, y0=0.6, x1=0.75, y1=0.7)
LINES = "The snow was deep. Deep snow\nfell again."
PARAGRAPH = Element(
    role="paragraph",
    text=LINES,
    provenances=(
        Provenance(page=3, bbox=BOX, span=(0, 28)),
        Provenance(page=3, bbox=NEXT, span=(29, len(LINES))),
    ),
)


def found(words, *elements):
    return [(p.quote, p.page, p.boxes) for p in found_in(a_document(*elements), words)]


def test_words_are_found_across_a_line_end_and_both_lines_are_lit():
    assert found("snow  fell", PARAGRAPH) == [("The snow was deep. Deep snow", 3, (BOX, NEXT))]


def test_of_equal_rows_the_one_that_was_found_is_marked():
    table = Element(role="table", text="Day | Snow\n1 | 3 cm\n1 | 3 cm")
    doc = a_document(table, media_type="text/csv")
    _, second = found_in(doc, "3 cm")
    html = reading_html(doc.elements, second)

    assert html.count("<mark>3 cm</mark>") == 1
    assert html.index("<td>3 cm</td>") < html.index("<mark>3 cm</mark>")
