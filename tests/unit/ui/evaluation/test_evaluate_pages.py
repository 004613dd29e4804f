import io

import numpy as np
import pytest
from builders_ui import a_document, digest
from fake_library import FakeLibrary, FakeRenderer
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rag.datamodel import BBox, Element, Provenance
from rag.evaluate.html.album import Mark
from service.pages.slide_drawing import draw_slide
from ui.evaluation.pages import FLATTEST, SIDE_PX, WHOLE_PAGE, RegionPainter, lit, region

BYTES = b"%PDF the bytes of a report"
BOX = (0.2, 0.4, 0.6, 0.5)
SHARES = st.floats(min_value=0, max_value=1, allow_nan=False)


def boxes_of(numbers):
    x0, x1 = sorted(numbers[:2])
    y0, y1 = sorted(numbers[2:])
    return x0, y0, x1, y1


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


@given(st.lists(st.tuples(SHARES, SHARES, SHARES, SHARES).map(boxes_of), max_size=4))
def test_a_region_holds_its_boxes_and_lies_on_the_page(boxes):
    left, top, right, bottom = region(boxes, shape=1.5)

    assert 0 <= left < right <= 1 + 1e-9
    assert 0 <= top < bottom <= 1 + 1e-9
    for x0, y0, x1, y1 in boxes:
        assert left <= x0 + 1e-9
        assert x1 <= right + 1e-9
        assert top <= y0 + 1e-9
        assert y1 <= bottom + 1e-9


def test_without_boxes_the_whole_page_is_shown():
    assert region([], shape=0.7) == WHOLE_PAGE


def test_what_is_cited_is_tinted_in_its_place_and_nowhere_else():
    white = np.full((1000, 1000, 3), 255, dtype=np.uint8)
    shown = np.asarray(lit(white, [Mark(box=(0, 0, 0.5, 0.5), kind="cited")], crop=WHOLE_PAGE))

    assert shown.shape == (SIDE_PX, SIDE_PX, 3)
    assert tuple(shown[100, 100]) != (255, 255, 255)
    assert tuple(shown[400, 400]) == (255, 255, 255)


def test_black_words_on_white_stay_black_under_a_mark():
    page = np.full((100, 100, 3), 255, dtype=np.uint8)
    page[40:60] = 0
    shown = np.asarray(lit(page, [Mark(box=WHOLE_PAGE, kind="cited")], crop=WHOLE_PAGE))

    assert shown[50].max() == 0


def test_a_mark_on_a_dark_slide_is_lighter_than_the_slide():
    dark = np.full((100, 100, 3), 30, dtype=np.uint8)
    shown = np.asarray(lit(dark, [Mark(box=WHOLE_PAGE, kind="cited")], crop=WHOLE_PAGE))

    assert shown.mean() > 40


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


def test_a_picture_is_shown_itself(tmp_path):
    library = FakeLibrary(folder=tmp_path)
    asset = library.assets.put(np.full((40, 80, 3), 90, dtype=np.uint8))
    figure = Element(role="figure", image=asset, provenances=(Provenance(page=1),))
    doc = a_document(figure, source="photo.png", media_type="image/png", page_count=1)
    shown = painter_of(doc, folder=tmp_path)("photo.png", 1, [])

    assert shown is not None
    assert (shown.width_px, shown.height_px) == (80, 40)


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


def test_a_region_of_a_wide_page_is_no_mere_strip():
    left, top, right, bottom = region([(0.1, 0.5, 0.9, 0.52)], shape=2.0)

    assert (right - left) * 2.0 / (bottom - top) <= FLATTEST + 1e-9
