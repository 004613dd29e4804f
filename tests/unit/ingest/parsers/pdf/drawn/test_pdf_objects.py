"""What a page of a PDF holds, in the order of painting, forms and all."""

import numpy as np
import pypdfium2 as pdfium
import pytest
from builders_pdf import HEIGHT_PT, WIDTH_PT, Page, pdf_bytes

from ingest.parsers.pdf.drawn.objects import Objects
from ingest.parsers.pdf.letters.words import PDFIUM
from ingest.parsers.pdf.notes import draw_fields

WHOLE = (0.0, 0.0, float(WIDTH_PT), float(HEIGHT_PT))


@pytest.fixture
def objects():
    """The things of a page of a rule, a text, and two texts that stand in forms, drawn last."""
    made = Page().rule(50, 90, 300, 90).text(60, 100, "A text of the page.")
    made = made.typed(60, 200, 200, "In a form.").typed(60, 300, 200, "In another.")
    with PDFIUM:
        doc = pdfium.PdfDocument(pdf_bytes(made))
        doc.init_forms()
        draw_fields(doc[0])
        page = doc[0]
        yield Objects(page, WHOLE)
        page.close()
        doc.close()


def test_each_thing_is_found_once_in_the_order_of_painting(objects):
    assert len(set(objects.texts.handles)) == len(objects.texts) == 3
    assert len(objects.paints) == 1
    assert (np.diff(objects.texts.orders) > 0).all()
    assert objects.paints.orders[0] < objects.texts.orders[0]


def test_things_in_forms_have_their_place_on_the_page(objects):
    middles = HEIGHT_PT - (objects.texts.boxes[:, 1] + objects.texts.boxes[:, 3]) / 2

    assert middles == pytest.approx([106, 207, 307], abs=4)
    assert objects.texts.boxes[:, 0] == pytest.approx([60, 61, 61], abs=2)
