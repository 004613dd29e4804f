"""Picture files, alone and in a question."""

import io
from pathlib import Path

import numpy as np
import pytest
from builders_pictures import picture_file, source_file
from fake_ocr import FakeOcr, bars
from PIL import Image

from ingest.ocr.ocr import read_query_image
from ingest.parsers.image import parse_image
from rag.datamodel import FULL_PAGE
from rag.errors import LimitError, SourceError
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

WORDS = {(10, 0, 0): "Wind", (0, 10, 0): "4 Beaufort"}
PICTURE = bars([((10, 0, 0), 10, 10, 90, 30), ((0, 10, 0), 10, 50, 90, 70)], size=(120, 90))


@pytest.fixture
def assets(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets", megapixels=1)


def test_a_picture_is_one_page_with_one_pending_figure(tmp_path, assets):
    document = parse_image(picture_file(tmp_path, PICTURE), assets, settings=Settings())

    (figure,) = document.elements
    assert (document.page_count, document.title) == (1, "")
    assert (figure.role, figure.pending, figure.page) == ("figure", True, 1)
    assert figure.provenances[0].bbox == FULL_PAGE
    assert np.array_equal(assets.pixels(figure.image), PICTURE)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "tiff", "bmp", "gif"])
def test_every_usual_format_is_read(tmp_path, assets, kind):
    path = tmp_path / f"picture.{kind}"
    Image.fromarray(PICTURE).save(path, kind)

    document = parse_image(
        source_file(path, media_type=f"image/{kind}"), assets, settings=Settings()
    )

    assert (document.elements[0].image.width_px, document.elements[0].image.height_px) == (120, 90)


def test_each_page_of_a_tiff_is_a_page(tmp_path, assets):
    path = tmp_path / "fax.tif"
    pages = [Image.new("RGB", (40 + n, 30), "white") for n in range(3)]
    pages[0].save(path, save_all=True, append_images=pages[1:])

    document = parse_image(source_file(path, media_type="image/tiff"), assets, settings=Settings())

    assert document.page_count == 3
    assert [(e.page, e.image.width_px) for e in document.elements] == [(1, 40), (2, 41), (3, 42)]


def test_of_a_cut_picture_the_visible_part_is_read_with_a_warning(tmp_path, assets):
    noise = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    path = tmp_path / "photo.jpg"
    Image.fromarray(noise).save(path, quality=90)
    path.write_bytes(path.read_bytes()[:9000])

    document = parse_image(source_file(path, media_type="image/jpeg"), assets, settings=Settings())

    assert document.warnings == ("the picture is cut off: only its visible part was read",)
    assert document.elements[0].image.height_px == 90


def test_a_broken_picture_is_refused_with_a_reason(tmp_path, assets):
    file = picture_file(tmp_path, PICTURE)
    path = Path(file.path)
    path.write_bytes(path.read_bytes()[:60])

    with pytest.raises(SourceError, match="can't be decoded"):
        parse_image(file, assets, settings=Settings())


def test_too_large_a_picture_names_the_limit_to_raise(tmp_path, assets):
    large = io.BytesIO()
    Image.new("RGB", (1200, 1000)).save(large, "PNG")
    path = tmp_path / "large.png"
    path.write_bytes(large.getvalue())

    with pytest.raises(LimitError, match="RAG_IMAGE_MEGAPIXELS"):
        parse_image(source_file(path, media_type="image/png"), assets, settings=Settings())


def test_a_question_with_something_else_than_a_picture_is_refused(tmp_path, assets):
    path = tmp_path / "picture.png"
    path.write_text("no picture")

    with pytest.raises(SourceError, match="can't be decoded"):
        read_query_image(path, ocr=FakeOcr(WORDS), assets=assets)
