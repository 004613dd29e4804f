"""Photographs are found by what they show: looked at after all reading, said by their documents."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from builders_ingest import PictureBench
from fakes import Gauge

from ingest.pipeline.pictures import with_seen
from rag.datamodel import FULL_PAGE, BBox, Document, Element, ImageAsset, Provenance
from rag.errors import ModelError
from rag.models.seeing.photographs import Looks
from rag.retrieval.images import SEEN_AT_ONCE, PhotographSearch
from rag.settings import Settings
from rag.storage.images.ocr_lines import SeenWords
from rag.storage.search.spaces import PictureSpace

SETTINGS = Settings()
LABRADOR, GOLDFISH, TENCH = 208, 1, 0
SHOWN = {"red": LABRADOR, "green": GOLDFISH, "blue": TENCH}
COLOURS = {"red": (250, 0, 0), "green": (0, 250, 0), "blue": (0, 0, 250)}


class FakeSeer:
    """Sees a labrador in red, a goldfish in green, a tench in blue; grey is no photograph."""

    model_id = "fake-seer"
    dim = 4

    def __init__(self):
        self.looked = 0

    def warm(self):
        pass

    def close(self):
        pass

    def look(self, images):
        self.looked += len(images)
        means = np.array([image.reshape(-1, 3).mean(axis=0) for image in images])
        chances = np.zeros((len(images), 1000), dtype=np.float32)
        chances[np.arange(len(images)), [list(SHOWN.values())[m.argmax()] for m in means]] = 0.8
        pooled = np.concatenate([means + 1, np.ones((len(images), 1))], axis=1).astype(np.float32)
        return Looks(
            pooled=pooled / np.linalg.norm(pooled, axis=1, keepdims=True),
            chances=chances,
            photographs=(means.std(axis=1) > 1).astype(np.float32),
        )


class Blind(FakeSeer):
    def warm(self):
        raise ModelError("The model file is gone.")


class Bench(PictureBench):
    """Pictures, and a network that can be exchanged."""

    def __init__(self, tmp_path):
        super().__init__(tmp_path)
        self.seer = FakeSeer()

    def photographs(self, index):
        return PhotographSearch(
            self.seer,
            lambda seer: index.space(PictureSpace, model_id=seer.model_id, dim=seer.dim),
            words=SeenWords(index.ocr_cache, model_id=self.seer.model_id),
            load=index.assets.pixels,
        )

    def run(self, *, seeing=True):
        with self.open() as index:
            photographs = self.photographs(index) if seeing else None
            return self.ingest(index, SETTINGS, letter=read, photographs=photographs)

    def found(self, words):
        with self.open() as index:
            return [hit.chunk.source for hit in index.search_lexical(words, k=5)]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def read(document, *_, **__):
    return replace(document, elements=tuple(replace(e, pending=False) for e in document.elements))


def test_a_photograph_is_found_by_the_word_for_what_it_shows(bench):
    bench.draw("holiday", COLOURS["red"])
    bench.draw("bowl", COLOURS["green"])
    bench.run()
    assert bench.found("dog")[0] == "holiday.png"
    assert bench.found("goldfish")[0] == "bowl.png"


def test_the_line_is_the_figures_text_and_its_place_the_figure(bench):
    bench.draw("holiday", COLOURS["red"])
    bench.run()
    with bench.open() as index:
        (record,) = index.documents()
        (chunk,) = index.chunks_of(record.id)
    assert chunk.text.startswith("Seen: Labrador retriever 80 %")
    assert chunk.locate(0, len(chunk.text))


def test_pictures_of_documents_that_were_read_before_are_looked_at(bench):
    bench.draw("holiday", COLOURS["red"])
    bench.run(seeing=False)
    assert bench.found("dog") == []
    report = bench.run()
    assert {file.state for file in report.files} == {"unchanged"}
    assert bench.found("dog") == ["holiday.png"]


def test_a_picture_is_looked_at_once(bench):
    bench.draw("holiday", COLOURS["red"])
    bench.run()
    bench.draw("bowl", COLOURS["green"])
    bench.run()
    assert bench.seer.looked == 2


def test_a_file_that_is_read_again_keeps_what_was_seen(bench):
    bench.draw("holiday", COLOURS["red"])
    bench.run()
    (bench.folder / "holiday.png").rename(bench.folder / "b.png")
    bench.draw("holiday", COLOURS["blue"])
    bench.run()
    assert bench.found("dog") == ["b.png"]
    assert bench.found("tench") == ["holiday.png"]


def test_a_stopped_ingest_looks_at_the_rest_the_next_time(bench):
    for n in range(2 * SEEN_AT_ONCE):
        bench.draw(f"red{n}", (250, n, 0))
    bench.run(seeing=False)
    stop = threading.Event()
    with bench.open() as index:
        seen = bench.photographs(index).embed_missing(stop, Gauge(stop.set))
    assert seen == SEEN_AT_ONCE
    bench.run()
    assert bench.seer.looked == 2 * SEEN_AT_ONCE
    with bench.open() as index:
        texts = [c.text for record in index.documents() for c in index.chunks_of(record.id)]
    assert len(texts) == 2 * SEEN_AT_ONCE
    assert all(text.startswith("Seen: ") for text in texts)


def test_a_network_that_fails_is_told_and_takes_nothing_else(bench):
    bench.seer = Blind()
    bench.draw("holiday", COLOURS["red"])
    report = bench.run()
    assert report.notes == ("The model file is gone.",)
    assert {file.state for file in report.files} == {"ready"}


SHOWN_TEXT = Element(
    role="figure",
    text="A sign",
    image=ImageAsset(
        id="a" * 64, path="a.png", width_px=9, height_px=9, phash="0" * 16, media_type="image/png"
    ),
    provenances=(Provenance(page=1, bbox=FULL_PAGE, span=(0, 6)),),
)


def document(*elements):
    return Document(
        id="1" * 64, sources=("a.pdf",), media_type="application/pdf", elements=elements
    )


def test_the_line_comes_last_and_other_words_keep_their_places():
    (told,) = with_seen(document(SHOWN_TEXT), lambda _: "Seen: dog 80 %").elements
    assert told.text == "A sign\nSeen: dog 80 %"
    assert [p.span for p in told.provenances] == [(0, 6), (7, 21)]


def test_another_line_takes_the_place_of_the_former():
    once = with_seen(document(SHOWN_TEXT), lambda _: "Seen: dog 80 %")
    (told,) = with_seen(once, lambda _: "Seen: cat 70 %").elements
    assert told.text == "A sign\nSeen: cat 70 %"
    assert [p.span for p in told.provenances] == [(0, 6), (7, 21)]


def test_a_letter_read_in_the_texture_of_a_photograph_goes_and_the_line_is_of_all_of_it():
    place = Provenance(page=1, bbox=BBox(x0=0.5, y0=0.5, x1=0.6, y1=0.6), span=(0, 1))
    photo = replace(SHOWN_TEXT, text="G", provenances=(place,))
    picture = replace(document(photo), media_type="image/png")
    (told,) = with_seen(picture, lambda _: "Seen: dog 80 %").elements
    assert told.text == "Seen: dog 80 %"
    assert [(p.span, p.bbox) for p in told.provenances] == [((0, 14), FULL_PAGE)]
