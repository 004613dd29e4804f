"""From lines of lettering to elements."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line
from ingest.ocr.lines import LetteredPicture, figure_text, is_page_of_text, page_elements
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


def test_each_piece_has_its_own_provenance():
    text, (label, value) = figure_text(sheet(line("Total", 0.1, 0.1), line("86.00", 0.7, 0.1)))

    assert text[slice(*label.span)] == "Total"
    assert text[slice(*value.span)] == "86.00"
    assert value.bbox.x0 == 0.7


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


def test_large_type_and_lone_capitals_are_headings():
    large = line("Annual report", 0.1, 0.05, height=0.05)
    capitals = line("VISIBILITY", 0.1, 0.85)

    elements = page_elements(sheet(large, *prose(), capitals))

    assert [(e.role, e.level) for e in elements] == [
        ("heading", 1),
        ("paragraph", None),
        ("heading", 2),
    ]


def test_a_receipt_and_a_letter_are_pages_of_text_and_a_chart_is_not():
    labels = [line("12 %", 0.1, 0.04 * n) for n in range(20)]

    assert is_page_of_text(sheet(*labels))
    assert is_page_of_text(sheet(*prose(), coloured=0.2, aspect=1.5))
    assert not is_page_of_text(sheet(*labels, coloured=0.2))
    assert not is_page_of_text(sheet(*labels, aspect=1.6))
