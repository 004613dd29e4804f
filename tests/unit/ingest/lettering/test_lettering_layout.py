"""From lines of lettering to elements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line
from ingest.lettering.lines import LetteredPicture, figure_text, is_page_of_text, page_elements
from rag.datamodel import BBox

HEIGHT = 0.02
SENTENCE = "The snow lay deep on the pass until the end of a long winter."


def line(text: str, x0: float, y0: float, *, height: float = HEIGHT) -> Line:
    width = min(0.95 - x0, 0.011 * len(text))
    box = BBox(x0=x0, y0=y0, x1=x0 + width, y1=y0 + height)
    return Line(text=text, bbox=box, confidence=0.98)


def sheet(*lines: Line, aspect: float = 0.7, coloured: float = 0.0) -> LetteredPicture:
    return LetteredPicture(lines=lines, aspect=aspect, coloured_share=coloured)


def prose(count: int = 20) -> list[Line]:
    return [line(SENTENCE, 0.1, 0.2 + 0.03 * n) for n in range(count)]


def test_label_and_value_stay_on_one_line():
    text, _ = figure_text(sheet(line("Total", 0.1, 0.1), line("86.00", 0.7, 0.1)))

    assert text == "Total | 86.00"


def test_pieces_of_one_divided_line_are_joined_with_a_space():
    pieces = sheet(line("Paid in", 0.1, 0.1), line("cash today", 0.185, 0.1), aspect=1.0)

    assert figure_text(pieces)[0] == "Paid in cash today"


def test_each_piece_has_its_own_provenance():
    text, (label, value) = figure_text(sheet(line("Total", 0.1, 0.1), line("86.00", 0.7, 0.1)))

    assert text[slice(*label.span)] == "Total"
    assert text[slice(*value.span)] == "86.00"
    assert value.bbox.x0 == 0.7


def test_a_bar_within_a_piece_is_no_cell_border():
    assert figure_text(sheet(line("either|or", 0.1, 0.1)))[0] == "either¦or"


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=8), st.integers(0, 8), st.integers(0, 40)),
        max_size=25,
    )
)
def test_every_span_holds_the_words_of_a_line(places):
    lines = [line(f"w{text}", x / 10, y / 45) for text, x, y in places]

    text, provenances = figure_text(sheet(*lines))

    spans = [text[slice(*p.span)] for p in provenances]
    joined = " ".join(spans).split()
    assert sorted(joined) == sorted(" ".join(li.text for li in lines).replace("|", "¦").split())


def test_a_label_on_two_lines_is_one_piece():
    upper, lower = line("Multi-Vector", 0.3, 0.1), line("Retriever", 0.317, 0.125)

    assert figure_text(sheet(upper, lower))[0] == "Multi-Vector Retriever"


def test_labels_of_rows_with_numbers_stay_apart():
    rows = [("Black", "89"), ("White", "94")]
    lines = [
        line(text, x, 0.1 + 0.025 * n)
        for n, row in enumerate(rows)
        for text, x in zip(row, (0.1, 0.6), strict=True)
    ]

    assert figure_text(sheet(*lines))[0] == "Black | 89\nWhite | 94"


def test_rows_of_cells_become_a_table():
    cells = [("Date", "Degrees"), ("1 May", "4.5"), ("2 May", "6.0")]
    lines = [
        line(text, x, 0.1 + 0.05 * n)
        for n, row in enumerate(cells)
        for text, x in zip(row, (0.1, 0.6), strict=True)
    ]

    (table,) = page_elements(sheet(*lines))

    assert table.role == "table"
    assert table.text == "Date | Degrees\n1 May | 4.5\n2 May | 6.0"


def test_prose_is_joined_into_a_paragraph():
    elements = page_elements(sheet(*prose()))

    assert [e.role for e in elements] == ["paragraph"]
    assert elements[0].text.startswith(f"{SENTENCE} {SENTENCE}")
    assert len(elements[0].provenances) == 20


def test_large_type_and_lone_capitals_are_headings():
    large = line("Annual report", 0.1, 0.05, height=0.05)
    capitals = line("VISIBILITY", 0.1, 0.85)

    elements = page_elements(sheet(large, *prose(), capitals))

    assert [(e.role, e.level) for e in elements] == [
        ("heading", 1),
        ("paragraph", None),
        ("heading", 2),
    ]


def test_the_lines_of_a_receipt_stay_lines_under_the_name_at_its_head():
    lines = [line("Shell Station", 0.1, 0.1), line("12 Lake Road", 0.1, 0.125)]
    lines += [line("3180303", 0.1, 0.05), line("Pump 4", 0.1, 0.15)]

    title, element = page_elements(sheet(*lines))

    assert (title.role, title.text) == ("heading", "Shell Station")
    assert element.text == "3180303\n12 Lake Road\nPump 4"


def test_a_heading_ends_a_form_in_a_letter():
    form = [("Name:", "Ella Warren"), ("Born:", "1 May 1978")]
    lines = [line(text, x, 0.82 + 0.025 * n) for n, row in enumerate(form)
             for text, x in zip(row, (0.1, 0.6), strict=True)]  # fmt: skip
    values = [line("VITAL SIGNS", 0.1, 0.88), line("Weight:", 0.1, 0.91), line("70 kg", 0.6, 0.91)]

    _, *elements = page_elements(sheet(*prose(), *lines, *values))

    assert [(e.role, e.text) for e in elements] == [
        ("list", "Name: | Ella Warren\nBorn: | 1 May 1978"),
        ("heading", "VITAL SIGNS"),
        ("list", "Weight: | 70 kg"),
    ]


def test_a_receipt_and_a_letter_are_pages_of_text_and_a_chart_is_not():
    labels = [line("12 %", 0.1, 0.04 * n) for n in range(20)]

    assert is_page_of_text(sheet(*labels))
    assert is_page_of_text(sheet(*prose(), coloured=0.2, aspect=1.5))
    assert not is_page_of_text(sheet(*labels, coloured=0.2))
    assert not is_page_of_text(sheet(*labels, aspect=1.6))


def test_a_sheet_without_lines_has_no_elements():
    assert page_elements(sheet()) == []
    assert figure_text(sheet()) == ("", ())


def test_the_confidence_is_the_mean_by_letters():
    good = Line(text="10,000,000", bbox=BBox(x0=0, y0=0, x1=0.2, y1=0.02), confidence=1.0)
    poor = Line(text="ab", bbox=BBox(x0=0, y0=0.02, x1=0.1, y1=0.04), confidence=0.7)

    (element,) = page_elements(sheet(good, poor))

    assert element.confidence == pytest.approx(0.95)
