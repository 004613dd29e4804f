"""What lies over a page: fields of forms, typed words, comments, links."""

import pytest
from builders_pdf import Page, parse_pdf, pdf_bytes

PROSE = ("The undersigned asks for the loan of a rain gauge for the", "months named below.")


def form(rotate=0):
    return Page(rotate=rotate).lines(72, 72, *PROSE).text(72, 150, "Name of the person:")


@pytest.mark.parametrize("drawn", [True, False])
def test_what_was_filled_in_is_read_where_it_stands(tmp_path, drawn):
    page = form().field(168, 148, 200, "Ada Lovelace", drawn=drawn)

    document = parse_pdf(tmp_path, pdf_bytes(page))

    element = next(e for e in document.elements if "Lovelace" in e.text)
    assert element.text.startswith("Name of the person")
    place = next(p for p in element.provenances if "Ada" in element.text[slice(*p.span)])
    assert place.bbox.x1 > 168 / 600
    assert place.bbox.y0 == pytest.approx(148 / 800, abs=0.02)


@pytest.mark.parametrize("kind", ["Text", "Highlight", "Underline", "StrikeOut"])
def test_a_comment_is_told_with_its_author_and_its_mark_is_no_drawing(tmp_path, kind):
    page = form().comment(72, 72, "Ask the \\344lder.", kind=kind).field(190, 148, 200, "Ada")

    document = parse_pdf(tmp_path, pdf_bytes(page))

    assert document.elements[-1].text == "Note by Ada: Ask the älder."
    assert document.elements[-1].provenances[0].bbox.x0 == pytest.approx(72 / 600)
    assert {element.role for element in document.elements} <= {"paragraph"}


def test_a_comment_on_a_scanned_page_is_told(tmp_path):
    page = Page().picture(0, 0, 600, 800).comment(72, 72, "This is the old plan.")

    document = parse_pdf(tmp_path, pdf_bytes(page))

    assert document.elements[0].pending
    assert document.elements[1].text == "Note by Ada: This is the old plan."
