"""Pages whose text is turned: read as if they were upright, with places as they are shown."""

import pytest
from builders_office import told
from builders_pdf import Page, parse_pdf, pdf_bytes

TITLE, PROSE = "The title of the page", ("What was measured at the upper", "station in autumn.")
PLACES = {0: (0.12, 0.09), 90: (0.85, 0.12), 180: (0.6, 0.88), 270: (0.09, 0.6)}
"""Where the title begins on the page as it is shown, or ends, if that is further left or up."""


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_is_read_and_placed(tmp_path, turn):
    page = Page(rotate=turn).lines(72, 72, TITLE, size=18, bold=True).lines(72, 120, *PROSE)

    document = parse_pdf(tmp_path, pdf_bytes(page))

    assert told(document) == [("title", TITLE), ("paragraph", " ".join(PROSE))]
    box = document.elements[0].provenances[0].bbox
    width, height = box.x1 - box.x0, box.y1 - box.y0
    assert (width > height) == (turn in {0, 180})
    assert (box.x0, box.y0) == pytest.approx(PLACES[turn], abs=0.04)


def test_a_turned_table_keeps_its_rows(tmp_path):
    page = Page(rotate=90).lines(72, 72, *PROSE)
    for n in range(6):
        for x, cell in zip((72, 250, 400), (f"Row {n}", f"{n}.5", f"{n}7 %"), strict=True):
            page.text(x, 200 + 14 * n, cell)

    table = parse_pdf(tmp_path, pdf_bytes(page)).elements[-1]

    assert table.text.split("\n")[2] == "Row 2 | 2.5 | 27%"
    cell = next(p for p in table.provenances if table.text[slice(*p.span)] == "2.5")
    assert cell.bbox.y0 == pytest.approx(250 / 600, abs=0.02)
    assert cell.bbox.x1 == pytest.approx(1 - 228 / 800, abs=0.02)
