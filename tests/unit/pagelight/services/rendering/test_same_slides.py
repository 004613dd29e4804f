"""A slide of a talk is found again among the pages of the folder, and a page in the talk."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from builders_ingest import Bench
from builders_office import parse
from builders_pdf import HEIGHT_PT, WIDTH_PT, Page, parse_pdf, pdf_bytes
from builders_recordings import record
from PIL import Image

from ingest.chunking.chunker import chunk_document
from ingest.parsers.pdf.render import PdfRenderer
from pagelight.services.rendering.same_slides import SameSlides
from rag.datamodel import FULL_PAGE, Provenance
from rag.storage.documents.records import FileRecord
from rag.storage.images.assets import perceptual_hash

MILL = ("The old mill", "Built in 1890", "Stands in Elmgate")
BUDGET = ("Budget", "Wheel: 212,000 crowns", "Roof: 64,000 crowns")
LATER = ("Budget", "Wheel: 230,000 crowns", "Roof: 71,000 crowns")
THANKS = ("Thank you", "Ada Brandt speaks on Friday")
SIZE = (320, 240)


def page_of(lines):
    page = Page(size=(WIDTH_PT, WIDTH_PT * SIZE[1] // SIZE[0]))
    top = HEIGHT_PT - page.size[1]
    for n, words in enumerate(lines):
        page.text(60, top + 60 + 70 * n, words, size=40)
    return page


def drawn(path, number=1):
    return PdfRenderer().render(path, number, width_px=SIZE[0])


def lettered(document, slides):
    """Give the figures of a talk the words that stand on them, as reading their lettering does."""
    words = iter(slides)

    def with_words(element):
        if element.role != "figure":
            return element
        text, (place, *more) = "\n".join(next(words)), element.provenances
        where = Provenance(
            bbox=FULL_PAGE, span=(0, len(text)), start_s=place.start_s, end_s=place.end_s
        )
        return replace(element, text=text, provenances=(where, *more), pending=False)

    return replace(document, elements=tuple(map(with_words, document.elements)))


class Shelf:
    """An index that documents are put into as they are, and how their pages look."""

    def __init__(self, tmp_path):
        self.bench = Bench(tmp_path)
        self.index = self.bench.open()
        self.paths = {}
        self.same = SameSlides(self.index, self._look)

    def put(self, document, path=None):
        embedder = self.bench.embedder
        chunks = chunk_document(
            document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )
        rows = embedder.embed_documents([chunk.embedding_text for chunk in chunks])
        file = FileRecord(
            source=document.sources[0],
            doc_id=document.id,
            size_bytes=1,
            mtime_ns=1,
            sha256=document.id,
            state="ready",
        )
        vectors = dict(zip((chunk.id for chunk in chunks), rows, strict=True))
        self.index.put(document, chunks, vectors, files=[file])
        self.paths[document.id] = path
        return document

    def _look(self, document, page):
        path = self.paths[document.id]
        return perceptual_hash(drawn(path, page)) if path else ""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a PDF of four slides, and a talk that shows the first two of them, one twice."""
    folder = tmp_path_factory.mktemp("made")
    pdf = folder / "slides.pdf"
    data = pdf_bytes(*map(page_of, (MILL, BUDGET, LATER, THANKS)))
    deck = parse_pdf(folder, data, name="slides.pdf")
    pictures = [
        np.asarray(Image.fromarray(drawn(pdf, n)).resize(SIZE), dtype=np.uint8) for n in (1, 2)
    ]
    shots = [(pictures[0], 4), (pictures[1], 4), (pictures[0], 4)]
    talk = lettered(parse(record(folder / "talk.mp4", shown=shots)), (MILL, BUDGET))
    return deck, pdf, talk


@pytest.fixture
def shelf(made, tmp_path):
    shelf = Shelf(tmp_path)
    deck, pdf, talk = made
    shelf.put(deck, pdf)
    shelf.put(talk)
    yield shelf
    shelf.index.close()


def test_a_page_leads_to_the_moment_that_shows_it(shelf, made):
    """The third page looks like the second, and tells other numbers."""
    deck, _, talk = made
    moments = [shelf.same.moments(deck, page) for page in (1, 2, 3, 4)]

    assert [[(m.source, m.start_s) for m in found] for found in moments] == [
        [("talk.mp4", 0.0)],
        [("talk.mp4", pytest.approx(4.0, abs=0.5))],
        [],
        [],
    ]
    assert moments[0][0].doc_id == talk.id


def test_a_slide_without_words_is_known_by_its_look(tmp_path, shelf):
    rng = np.random.default_rng(2)
    coarse = rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)
    photograph = np.asarray(Image.fromarray(coarse).resize(SIZE), dtype=np.uint8)
    path = tmp_path / "photo.pdf"
    Image.fromarray(photograph).save(path)
    page = shelf.index.assets.put(drawn(path))
    deck = shelf.put(looked_at(parse(path), page), path)
    film = parse(record(tmp_path / "walk.mp4", shown=[(photograph, 4)]))
    walk = shelf.put(looked_at(film, page))

    assert [(p.source, p.page) for p in shelf.same.pages(walk, 1.0)] == [("photo.pdf", 1)]
    assert [m.source for m in shelf.same.moments(deck, 1)] == ["walk.mp4"]


def looked_at(document, page):
    """Return it with its pictures, in which no lettering was found; a scan's is `page`."""
    read = (
        replace(e, image=e.image or page, pending=False) if e.pending else e
        for e in document.elements
    )
    return replace(document, elements=tuple(read))


def test_who_does_not_see_a_talk_is_not_led_to_it(shelf, made):
    deck, _, _ = made
    nothing = shelf.index.seen_by(owner="ann", collections=("elsewhere",))
    everything = shelf.index.seen_by(owner="bob", collections=None)
    asked = partial(SameSlides, look=lambda _document, _page: "")

    assert asked(nothing).moments(deck, 2) == []
    assert [m.source for m in asked(everything).moments(deck, 2)] == ["talk.mp4"]
