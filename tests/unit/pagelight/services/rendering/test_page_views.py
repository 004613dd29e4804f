"""Pages as a model is shown them."""

import numpy as np
import pytest
from builders_ui import a_document, digest
from fake_library import FakeRenderer

from pagelight.services.rendering.originals import Originals
from pagelight.services.rendering.page_pictures import VIEW_WIDTH_PX, PageViews
from rag.datamodel import BBox, Element, PageView, Provenance
from rag.storage.database.sources import Roots

BYTES = b"%PDF the bytes of a report"
WHERE = Provenance(page=2, bbox=BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.3))


def views(*documents, folder):
    known = {doc.id: doc for doc in documents}
    originals = Originals(lambda: Roots(own=folder), folder / ".pagelight")
    return PageViews(known.get, lambda _: pytest.fail("no picture"), originals, FakeRenderer())


@pytest.fixture
def report(tmp_path):
    (tmp_path / "report.pdf").write_bytes(BYTES)
    return a_document(id=digest(BYTES), page_count=3)


def test_a_page_of_a_pdf_is_drawn_from_the_file(report, tmp_path):
    pixels = views(report, folder=tmp_path).draw(PageView(doc_id=report.id, page=2))

    assert pixels.shape[1] == VIEW_WIDTH_PX


def test_a_slide_is_drawn_from_what_was_read(tmp_path):
    kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    element = Element(role="heading", text="Snow", provenances=(WHERE,))
    deck = a_document(element, id=digest(b"deck"), media_type=kind, page_count=2)
    drawn = views(deck, folder=tmp_path)

    pixels = drawn.draw(PageView(doc_id=deck.id, page=2))
    assert drawn.can_draw(kind)
    assert np.ptp(pixels) > 0


def test_a_file_that_was_changed_is_not_shown(report, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"another")

    with pytest.raises(OSError, match="changed"):
        views(report, folder=tmp_path).draw(PageView(doc_id=report.id, page=2))
