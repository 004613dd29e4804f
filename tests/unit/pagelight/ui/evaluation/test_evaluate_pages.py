import io

import numpy as np
import pytest
from builders_ui import a_document, digest
from fake_library import FakeLibrary, FakeRenderer
from PIL import Image

from pagelight.services.rendering.slide_drawing import draw_slide
from pagelight.ui.evaluation.pages import SIDE_PX, WHOLE_PAGE, RegionPainter, lit
from rag.datamodel import BBox, Element, Provenance
from rag.evaluation.html.album import Mark

BYTES = b"%PDF the bytes of a report"
BOX = (0.2, 0.4, 0.6, 0.5)


def painter_of(*docs, folder, renderer=None):
    library = FakeLibrary(*docs, folder=folder)
    return RegionPainter(
        library,
        pixels_of=library.assets.pixels,
        renderer=renderer or FakeRenderer(),
        renders=folder / "renders",
    )


def pixels_of(picture):
    return np.asarray(Image.open(io.BytesIO(picture.data)))


def test_what_is_cited_is_tinted_in_its_place_and_nowhere_else():
    white = np.full((1000, 1000, 3), 255, dtype=np.uint8)
    shown = np.asarray(lit(white, [Mark(box=(0, 0, 0.5, 0.5), kind="cited")], crop=WHOLE_PAGE))

    assert shown.shape == (SIDE_PX, SIDE_PX, 3)
    assert tuple(shown[100, 100]) != (255, 255, 255)
    assert tuple(shown[400, 400]) == (255, 255, 255)


def test_a_page_of_a_pdf_is_drawn_once_for_all_its_regions(tmp_path):
    (tmp_path / "report.pdf").write_bytes(BYTES)
    doc, renderer = a_document(id=digest(BYTES), page_count=3), FakeRenderer()
    paint = painter_of(doc, folder=tmp_path, renderer=renderer)
    first = paint("report.pdf", 2, [Mark(box=BOX, kind="gold")])
    paint("report.pdf", 2, [])

    assert first is not None
    assert first.media_type == "image/jpeg"
    assert pixels_of(first).shape == (first.height_px, first.width_px, 3)
    assert len(renderer.drawn) == 1


@pytest.mark.parametrize(
    ("source", "page"), [("report.pdf", 4), ("other.pdf", 1), ("report.pdf", None)]
)
def test_a_place_that_is_no_page_has_no_picture(tmp_path, source, page):
    (tmp_path / "report.pdf").write_bytes(BYTES)
    paint = painter_of(a_document(id=digest(BYTES), page_count=3), folder=tmp_path)

    assert paint(source, page, []) is None


def test_a_changed_original_is_not_shown(tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"something else")
    paint = painter_of(a_document(id=digest(BYTES), page_count=3), folder=tmp_path)

    assert paint("report.pdf", 2, []) is None


def test_a_caption_does_not_cover_the_picture_that_it_stands_for(tmp_path):
    library = FakeLibrary(folder=tmp_path)
    asset = library.assets.put(np.full((40, 40, 3), 120, dtype=np.uint8))
    places = (Provenance(page=1, bbox=BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.9)),)
    figure = Element(role="figure", image=asset, provenances=places)
    caption = Element(role="caption", text="A grey square", provenances=places)
    slides = [
        a_document(*elements, media_type="application/presentation", page_count=1)
        for elements in ((figure,), (figure, caption))
    ]
    alone, captioned = (draw_slide(doc, 1, library.assets.pixels, width_px=400) for doc in slides)

    assert (alone == captioned).all()


def test_a_slide_shows_its_words_where_they_stood():
    box = BBox(x0=0.5, y0=0.5, x1=0.9, y1=0.9)
    words = Element(
        role="paragraph", text="Snow fell. " * 30, provenances=(Provenance(page=1, bbox=box),)
    )
    doc = a_document(words, media_type="application/presentation", page_count=1)
    pixels = draw_slide(doc, 1, lambda _: pytest.fail("no picture"), width_px=400)
    height, width = pixels.shape[:2]

    assert pixels[: height // 2 - 5].min() == 255
    assert pixels[height // 2 :, width // 2 :].min() < 100
