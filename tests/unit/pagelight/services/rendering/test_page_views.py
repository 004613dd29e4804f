"""Pages as a model is shown them."""

import numpy as np
import pytest
from builders_ui import a_document, digest
from fake_library import FakeLibrary, FakeRenderer
from PIL import Image

from pagelight.services.rendering.originals import Originals
from pagelight.services.rendering.page_pictures import VIEW_WIDTH_PX, WIDTHS_PX, Pages, PageViews
from rag.datamodel import BBox, Element, PageView, Provenance
from rag.storage.database.servers import Roots

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


def test_the_thumbnail_of_a_photograph_is_small_and_made_once(tmp_path):
    library = FakeLibrary(folder=tmp_path)
    image = library.assets.put(np.random.default_rng(7).integers(0, 255, (600, 800, 3), np.uint8))
    photograph = a_document(
        Element(role="figure", image=image, provenances=(Provenance(page=1, bbox=None),)),
        id=digest(b"photograph"),
        media_type="image/jpeg",
        page_count=1,
    )
    pages = Pages(library, renderer=FakeRenderer())

    small = pages.thumbnail(photograph)
    made_ns = small.stat().st_mtime_ns

    with Image.open(small) as picture:
        assert picture.height == WIDTHS_PX[0]
    assert pages.thumbnail(photograph).stat().st_mtime_ns == made_ns
