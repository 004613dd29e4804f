"""What lies over a page: fields of forms, comments; footnotes after the text."""

import pytest
from builders_pdf import Page, parse_pdf, pdf_bytes
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line
from ingest.parsers.pdf.pages import footnotes_last
from rag.datamodel import BBox

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


def line(text, x, y, size):
    box = BBox(x0=x, y0=y, x1=x + 0.4, y1=y + 0.01)
    return Line(text=text, bbox=box, size_pt=size)


def column(letter, x, *notes):
    words = [line(f"{letter}{n} goes on", x, 0.1 + 0.02 * n, 10) for n in range(6)]
    return words + [line(note, x, 0.8 + 0.02 * n, 8) for n, note in enumerate(notes)]


def texts(columns):
    return [line.text for line in footnotes_last(columns)]


def test_the_notes_of_the_left_column_follow_the_right_one():
    columns = [column("a", 0.05, "1 See the log.", "and the diary.", "2Ibid."), column("b", 0.55)]

    assert texts(columns)[5:7] == ["a5 goes on", "b0 goes on"]
    assert texts(columns)[-3:] == ["1 See the log.", "and the diary.", "2Ibid."]


@given(
    st.lists(
        st.lists(
            st.builds(
                line,
                st.sampled_from(["1 See it.", "Words", "† a", "12"]),
                st.sampled_from([0.05, 0.55]),
                st.floats(0, 0.95),
                st.sampled_from([0.0, 8.0, 10.0]),
            ),
            max_size=5,
        ),
        max_size=4,
    )
)
def test_no_line_is_lost_and_columns_keep_their_order(columns):
    ordered = footnotes_last(columns)

    assert sorted(map(id, ordered)) == sorted(id(line) for column in columns for line in column)
    for column_lines in columns:
        places = [next(n for n, o in enumerate(ordered) if o is line) for line in column_lines]
        assert places == sorted(places)
