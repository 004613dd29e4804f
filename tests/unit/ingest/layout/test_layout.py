"""Lines in the order of reading, and quarter turns of their boxes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line, columns, reading_order
from ingest.layout.paragraphs import blocks, join_lines
from ingest.layout.rotation import turn_of, turned_back, turned_box
from rag.datamodel import BBox
from rag.protocols import OcrLine


def line(text, x0, y0, x1=None, *, height=0.012, **more):
    x1 = x0 + 0.009 * len(text) if x1 is None else x1
    return Line(text=text, bbox=BBox(x0=x0, y0=y0, x1=min(1, x1), y1=y0 + height), **more)


def column(letter, x0, x1, *, top=0.2, count=6):
    words = "some words of a column of text"
    return [line(f"{letter}{n} {words}", x0, top + 0.016 * n, x1) for n in range(count)]


def test_two_columns_are_read_one_after_the_other():
    left, right = column("a", 0.1, 0.48), column("b", 0.52, 0.9)
    interleaved = [one for pair in zip(left, right, strict=True) for one in pair]

    assert reading_order(interleaved) == left + right


def test_long_cells_of_many_widths_beside_short_ones_are_read_row_by_row():
    rows_of_cells = [
        [
            line(f"{n}", 0.05, 0.1 + 0.02 * n),
            line(f"the name of a thing {'x' * (n * 7 % 12)}", 0.1, 0.1 + 0.02 * n),
            line(f"what is told of it {'y' * (n * 5 % 14)}", 0.5, 0.1 + 0.02 * n),
            line(f"{n}.5", 0.9, 0.1 + 0.02 * n),
        ]
        for n in range(12)
    ]
    cells = [cell for row in rows_of_cells for cell in row]

    assert reading_order(cells) == cells


def test_a_heading_across_both_columns_divides_what_is_above_from_what_is_below():
    title = line("Title across the page", 0.1, 0.1, 0.9)
    above = [column("a", 0.1, 0.48), column("b", 0.52, 0.9)]
    heading = line("Heading across the page", 0.1, 0.5, 0.9)
    below = [column("c", 0.1, 0.48, top=0.6), column("d", 0.52, 0.9, top=0.6)]
    lines = [title, *above[0], *above[1], heading, *below[0], *below[1]]

    assert reading_order(sorted(lines, key=lambda one: one.bbox.y0)) == lines


def test_headers_of_a_table_are_no_column_beside_the_text_above_it():
    above = [
        line("Summary of each quarter", 0.05, 0.08),
        line("Both countries", 0.05, 0.1),
        line("What was sold in both countries, in millions:", 0.05, 0.12, 0.49),
    ]
    headers = [line("Three months ended", 0.51, 0.148, 0.62), line("Six months ended", 0.79, 0.148)]
    cells = [
        line(text, x, 0.16 + 0.01 * n, x + 0.09)
        for n in range(8)
        for text, x in (("1,200", 0.45), ("1,100", 0.6), ("2,400", 0.72), ("2,300", 0.87))
    ]
    lines = [*above, *headers, *cells]

    assert columns(lines) == [lines]


def test_list_items_stand_apart_and_keep_their_second_lines():
    lines = [
        line("• the first item of a list that", 0.1, 0.1, 0.9),
        line("goes on in a second line", 0.13, 0.116, 0.5),
        line("• the second item", 0.1, 0.132, 0.4),
        line("(a) the third item", 0.1, 0.148, 0.4),
    ]

    assert [len(block) for block in blocks(lines)] == [2, 1, 1]


def joined(*words, **more):
    return join_lines([line(w, 0.1, 0.1 + 0.02 * n) for n, w in enumerate(words)], page=1, **more)


def test_a_divided_word_is_made_whole_and_its_spans_meet():
    text, provenances = joined("the com-", "pile step")

    assert text == "the compile step"
    assert [text[slice(*p.span)] for p in provenances] == ["the com", "pile step"]


def test_a_list_of_names_beside_a_paragraph_is_a_column():
    names = [line(f"Name{n} Surname", 0.08, 0.2 + 0.013 * n, height=0.011) for n in range(14)]
    text = [
        line(f"t{n} words of a text beside the names", 0.35, 0.206 + 0.019 * n, height=0.014)
        for n in range(9)
    ]

    ordered = reading_order(sorted(names + text, key=lambda one: one.bbox.y0))

    assert ordered == names + text


TURNS = st.sampled_from([0, 90, 180, 270])


@given(TURNS)
def test_a_box_turns_with_its_picture(turn):
    upright = np.zeros((40, 60, 3), dtype=np.uint8)
    upright[10:20, 30:45] = 255
    displayed = np.rot90(upright, -turn // 90)

    box = turned_box(BBox(x0=30 / 60, y0=10 / 40, x1=45 / 60, y1=20 / 40), turn)
    height_px, width_px = displayed.shape[:2]
    inside = displayed[
        round(box.y0 * height_px) : round(box.y1 * height_px),
        round(box.x0 * width_px) : round(box.x1 * width_px),
    ]

    assert inside.shape[0] * inside.shape[1] == 150
    assert inside.min() == 255
    assert np.array_equal(turned_back(displayed, turn), upright)


@given(TURNS)
def test_the_turn_of_a_page_is_told_by_its_lines(turn):
    boxes = [BBox(x0=0.1, y0=0.1 * n, x1=0.8, y1=0.1 * n + 0.05) for n in range(1, 9)]
    lines = [OcrLine(text="words", bbox=turned_box(b, turn), confidence=1) for b in boxes]

    assert turn_of(lines, aspect=1.0) == turn


def test_names_side_by_side_in_no_order_do_not_stand_on_their_heads():
    boxes = [BBox(x0=0.1 * n, y0=0.8, x1=0.1 * n + 0.15, y1=0.9) for n in (0, 6, 2, 1, 3, 4, 5)]
    lines = [OcrLine(text="2015-01-01", bbox=box, confidence=1) for box in boxes]

    assert turn_of(lines, aspect=1.0) == 0


@given(TURNS)
def test_the_turn_of_a_receipt_is_told_by_its_rows(turn):
    rows = [(0.1 + 0.3 * (n % 3), 0.1 + 0.1 * (n // 3)) for n in range(12)]
    boxes = [BBox(x0=x, y0=y, x1=x + 0.22, y1=y + 0.04) for x, y in rows]
    lines = [OcrLine(text="21.00", bbox=turned_box(b, turn), confidence=1) for b in boxes]

    assert turn_of(lines, aspect=1.0) == turn
