"""Pages of Hebrew, Arabic and their kin: words, lines, columns and tables from the right."""

import numpy as np
import pytest
from builders_office import told
from builders_pdf import Page, parse_pdf, pdf_bytes
from work import growth

from ingest.parsers.pdf.letters.geometry import Frame, clusters, mapped
from ingest.parsers.pdf.letters.odd_letters import in_order, is_against
from rag.datamodel import BBox

WELL, DEEP = "הבאר שבחצר הטחנה הישנה", "עמוקה מאוד וקרה בחורף"


def cells(*letters):
    """Return the boxes of letters: (left, right) each."""
    return np.array([[left, 0, right, 10] for left, right in letters], dtype=float)


def read(text, *letters):
    """Return the text with its letters in order."""
    return in_order(text, cells(*letters), mirrored=False)[0]


def test_words_and_lines_are_read_from_the_right(tmp_path):
    page = Page().hebrew(528, 72, WELL).hebrew(528, 84, DEEP)

    (paragraph,) = parse_pdf(tmp_path, pdf_bytes(page)).elements

    assert paragraph.text == f"{WELL} {DEEP}"
    first, second = (p.bbox for p in paragraph.provenances)
    assert (first.x0, first.x1) == pytest.approx((418 / 600, 528 / 600), abs=0.005)
    assert first.y0 < second.y0


def test_the_right_column_comes_first(tmp_path):
    page = Page()
    wells, deeps = ([f"{words} {words[:n]}".strip() for n in range(4)] for words in (WELL, DEEP))
    for n in range(4):
        page.hebrew(280, 72 + 12 * n, deeps[n]).hebrew(528, 72 + 12 * n, wells[n])

    right, left = parse_pdf(tmp_path, pdf_bytes(page)).elements

    assert right.text == " ".join(wells)
    assert left.text == " ".join(deeps)


def test_latin_names_and_numbers_amid_hebrew_keep_their_order(tmp_path):
    page = Page().hebrew(528, 72, WELL).hebrew(528, 84, DEEP).hebrew(528, 96, "הבאר של")
    page.text(430, 96, "Windows 11").hebrew(425, 96, "עמוקה")

    text = told(parse_pdf(tmp_path, pdf_bytes(page)))[0][1]

    assert text.endswith("הבאר של Windows 11 עמוקה")


@pytest.mark.parametrize(
    ("word", "leftwards", "against"),
    [("mill", True, True), ("mill", False, False), ("בית", False, True), ("12", True, False)],
)
def test_words_against_the_pages_direction(word, leftwards, against):
    assert is_against(word, leftwards=leftwards) == against


def test_lam_and_alef_of_one_sign_are_put_in_order():
    assert read("كاال", (30, 40), (20, 30), (10, 20), (10, 20)) == "كالا"
    assert read("المال", (40, 50), (30, 40), (20, 30), (10, 20), (0, 10)) == "المال"


def test_a_mark_follows_its_letter_and_the_space_that_it_makes_is_none():
    text, boxes = in_order(
        "أي ًضا", cells((50, 60), (40, 50), (33, 33), (32, 35), (30, 40), (20, 30)), mirrored=False
    )

    assert text.replace("\u200b", "") == "أيضًا"
    assert boxes[2:5].tolist() == [[30, 0, 40, 10]] * 3
    assert read("أي ًضا", (50, 60), (40, 50), (38, 40), (90, 95), (20, 30), (10, 20)) == "أي ًضا"


def test_a_box_of_a_mirrored_page_is_given_as_the_page_shows_it():
    frame = Frame(left=0, bottom=0, right=600, top=800, mirrored=True)

    assert mapped((10, 700, 110, 720), frame.matrix) == pytest.approx((490, 80, 590, 100))
    shown = frame.as_shown(BBox(x0=0.1, y0=0.2, x1=0.4, y1=0.3), turn=0)
    assert (shown.x0, shown.x1) == pytest.approx((0.6, 0.9))


def test_shapes_are_grouped_in_time_that_grows_as_their_number_does():
    def grouped(shapes):
        rects = [(12.0 * (n % 40), 12.0 * (n // 40)) for n in range(shapes)]
        return lambda: clusters([(x, y, x + 2, y + 2) for x, y in rects], 9.0)

    assert len(grouped(80)()) == 80
    assert growth(grouped, 400) < 2.2
