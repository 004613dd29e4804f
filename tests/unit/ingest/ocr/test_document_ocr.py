"""The second pass: what takes the place of each pending element."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders_pictures import picture_file
from fake_ocr import FakeOcr, LineCache, bars
from msgspec import structs

from ingest.ocr.document_ocr import letter
from ingest.ocr.pending import cache_keys
from rag.datamodel import FULL_PAGE, BBox, Document, Element, Provenance, SourceFile
from rag.errors import SourceError
from rag.protocols import OcrLine
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

LABEL, VALUE = (10, 0, 0), (0, 10, 0)
WORDS = {LABEL: "Snow depth", VALUE: "42 cm"}
CHART = bars([(LABEL, 40, 100, 160, 120), (VALUE, 240, 100, 320, 120)])


class Pages:
    """A renderer of pages that are given; page 9 can't be drawn."""

    def __init__(self, page: np.ndarray) -> None:
        self._page = page
        self.drawn_count = 0

    def render(self, path: Path, page: int, *, width_px: int) -> np.ndarray:  # noqa: ARG002
        self.drawn_count += 1
        if page == 9:
            raise SourceError("page 9 is damaged")
        times = max(1, width_px // self._page.shape[1])
        return self._page.repeat(times, axis=0).repeat(times, axis=1)

    def scan(self, path: Path, page: int) -> np.ndarray:
        return self.render(path, page, width_px=1654)


class Bench:
    """All that the second pass needs, over one folder."""

    def __init__(self, folder: Path, page: np.ndarray = CHART, *, score: float = 0.99) -> None:
        self.assets = AssetStore(folder / "assets", megapixels=10)
        self.ocr = FakeOcr(WORDS, score=score)
        self.pages = Pages(page)
        self.cache = LineCache()
        self.told: list[int | None] = []
        self.settings = Settings()
        self.looked_at: list[tuple[int, ...]] = []
        self.unreadable: dict[str, str] = {}
        self.file: SourceFile = picture_file(folder, page)

    def sight(self, pixels: np.ndarray) -> str:
        self.looked_at.append(pixels.shape)
        return "map"

    def document(self, *elements: Element, media_type: str = "application/pdf") -> Document:
        return Document(id="d", sources=("a",), media_type=media_type, elements=elements)

    def letter(self, document: Document) -> Document:
        return letter(
            document,
            self.file,
            ocr=self.ocr,
            renderer=self.pages,
            assets=self.assets,
            cache=self.cache,
            settings=self.settings,
            sight=self.sight,
            on_page=self.told.append,
            unreadable=self.unreadable,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def pending(page: int | None = 1, box: BBox | None = FULL_PAGE, **options) -> Element:
    places = (Provenance(page=page, bbox=box),) if page else ()
    return Element(role="figure", provenances=places, pending=True, **options)


def test_a_picture_in_a_document_gets_its_lettering(bench):
    image = bench.assets.put(CHART)

    (figure,) = bench.letter(bench.document(pending(page=None, image=image))).elements

    assert (figure.role, figure.text, figure.pending) == ("figure", "Snow depth | 42 cm", False)
    assert figure.image == image
    assert figure.confidence == pytest.approx(0.99)
    assert [p.bbox for p in figure.provenances] == [None, None]


def test_a_drawing_that_has_its_words_keeps_them(bench):
    drawing = pending(image=bench.assets.put(CHART), text="Snow depth: 42 cm in May")

    (figure,) = bench.letter(bench.document(drawing, media_type="image/svg+xml")).elements

    assert (figure.text, figure.pending) == ("Snow depth: 42 cm in May", False)


def test_the_words_of_a_slide_of_a_film_have_its_seconds_and_their_boxes(bench):
    shown = [Provenance(bbox=FULL_PAGE, start_s=at, end_s=at + 9) for at in (12.5, 80.0)]
    slide = Element(
        role="figure", image=bench.assets.put(CHART), provenances=tuple(shown), pending=True
    )

    read = bench.letter(bench.document(slide, media_type="video/mp4")).elements[0]

    *words, again = read.provenances
    assert read.text == "Snow depth | 42 cm"
    assert {(p.start_s, p.end_s) for p in words} == {(12.5, 21.5)}
    assert all(p.bbox is not None and p.bbox != FULL_PAGE for p in words)
    assert (again.start_s, again.span) == (80.0, None)


def test_a_figure_on_a_page_is_cut_out_read_and_stored(bench):
    region = BBox(x0=0.0, y0=0.0, x1=1.0, y1=0.5)

    (figure,) = bench.letter(bench.document(pending(box=region))).elements

    label = figure.provenances[0].bbox
    assert figure.text == "Snow depth | 42 cm"
    assert (label.x0, label.y0) == pytest.approx((0.1, 0.25), abs=0.01)
    assert figure.image.width_px == 2 * figure.image.height_px


def test_a_scanned_page_becomes_elements_with_boxes_on_that_page(tmp_path):
    rows = [(LABEL, 40, 100, 160, 110), (VALUE, 240, 100, 320, 110)]
    sheet = Bench(tmp_path, bars(rows, size=(400, 600)))
    sheet.ocr = FakeOcr({LABEL: "Snow " * 100, VALUE: "deep " * 100})

    elements = sheet.letter(sheet.document(pending(page=3))).elements

    assert {e.role for e in elements} == {"paragraph"}
    assert {e.page for e in elements} == {3}
    assert not any(e.pending for e in elements)


def test_a_scanned_page_that_gives_no_text_says_so(tmp_path):
    sheet = Bench(tmp_path)
    sheet.ocr = FakeOcr({})

    lettered = sheet.letter(sheet.document(pending(page=3)))

    assert [(e.role, e.text) for e in lettered.elements] == [("figure", "")]
    assert lettered.warnings == ("page 3: no text was found on this scanned page",)


def test_a_doubtful_line_of_a_legible_page_is_told(bench):
    document = bench.document(pending(page=2))
    place = BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.2)
    sure = OcrLine(text="The station stands above the pass", bbox=place, confidence=0.99)
    doubtful = OcrLine(
        text="ta caca " * 9, bbox=structs.replace(place, y0=0.3, y1=0.4), confidence=0.55
    )
    bench.cache[cache_keys(document)[0]] = [replace(sure, text=sure.text * 40), doubtful]

    lettered = bench.letter(document)

    assert "caca" not in " ".join(e.text for e in lettered.elements)
    (warning,) = lettered.warnings
    assert warning.startswith(
        "page 2: some of the text in a picture was read with doubt and is left out:"
    )
    assert warning.endswith("“ta caca ta caca ta caca ta caca ta caca…” (0.55)")


def test_a_page_that_cannot_be_drawn_is_named_and_the_rest_goes_on(bench):
    lettered = bench.letter(bench.document(pending(page=9), pending(page=2)))

    assert [e.page for e in lettered.elements] == [2]
    assert lettered.warnings == ("page 9: the picture could not be drawn (page 9 is damaged)",)


def test_a_turned_page_has_its_boxes_as_displayed(tmp_path):
    rows = [(LABEL, 300, 40, 320, 200), (VALUE, 200, 40, 220, 200), ((0, 0, 10), 100, 40, 120, 200)]
    turned = Bench(tmp_path, bars(rows))
    turned.ocr = SidewaysOcr()

    (figure,) = turned.letter(turned.document(pending())).elements

    assert figure.text == "first line\nsecond line\nthird line"
    assert (figure.provenances[0].bbox.x0, figure.provenances[0].bbox.x1) == pytest.approx(
        (0.75, 0.8)
    )


class SidewaysOcr:
    """Reads three lines of a page that is turned by 90 degrees."""

    def read(self, image: np.ndarray, *, sheets: float = 1.0) -> list[OcrLine]:  # noqa: ARG002
        words = ("first line", "second line", "third line")
        boxes = [BBox(x0=x, y0=0.1, x1=x + 0.05, y1=0.5) for x in (0.75, 0.5, 0.25)]
        return [
            OcrLine(text=text, bbox=box, confidence=0.98)
            for text, box in zip(words, boxes, strict=True)
        ]


def test_a_picture_of_a_chart_is_followed_by_its_table_and_what_that_was_read_from(tmp_path):
    words = {(10, n, 0): str(50 * n) for n in range(4)} | {
        (0, 10, n): "pqrs"[n] * 3 for n in range(4)
    }
    page = bars(
        [((10, n, 0), 20, 240 - 50 * n, 40, 250 - 50 * n) for n in range(4)]
        + [((0, 10, n), 70 + 60 * n, 255, 90 + 60 * n, 265) for n in range(4)]
    )
    for n, high in enumerate((60, 110, 85, 130)):
        page[245 - high : 245, 70 + 60 * n : 90 + 60 * n] = (30, 100, 180)
    bench = Bench(tmp_path, page)
    bench.ocr = FakeOcr(words)
    lettered = bench.letter(bench.document(pending(image=bench.assets.put(page))))
    figure, table, note = lettered.elements
    assert (figure.role, table.role, note.role) == ("figure", "chart", "caption")
    cells = dict(row.split(" | ") for row in table.text.split("\n")[1:])
    assert {name: round(float(value)) for name, value in cells.items()} == {
        "ppp": pytest.approx(60, abs=2),
        "qqq": pytest.approx(110, abs=2),
        "rrr": pytest.approx(85, abs=2),
        "sss": pytest.approx(130, abs=2),
    }
    assert note.text.startswith("Read off the bar chart: values within ±")
    assert (figure.kind, table.kind, note.kind) == ("bar chart", "bar chart", "")
    assert [element.page for element in (table, note)] == [figure.page] * 2
