"""Search by looks in a workspace, and the third pass of an ingest, by an embedder of colours."""

import threading

import numpy as np
import pytest
from builders_ingest import PictureBench
from fakes import FakeEmbedder, FakeImageEmbedder, Gauge

from rag.datamodel import Query, QueryImage
from rag.errors import ModelError
from rag.retrieval.images import SEEN_AT_ONCE, ImageSearch
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.storage.search.spaces import PictureSpace

COLOURS = {"red": (250, 0, 0), "green": (0, 250, 0), "blue": (0, 0, 250)}
SETTINGS = Settings(ocr=False)


class Broken(FakeImageEmbedder):
    """An embedder whose folder is gone."""

    def warm(self):
        raise ModelError("There is no model folder /gone.")


class Bench(PictureBench):
    """Pictures, and an image model that can be exchanged."""

    def __init__(self, tmp_path):
        super().__init__(tmp_path)
        self.model = FakeImageEmbedder()

    def sight(self, index):
        return ImageSearch(
            self.model,
            lambda m: index.space(PictureSpace, model_id=m.model_id, dim=m.dim),
            load=index.assets.pixels,
            read=self.read,
        )

    def read(self, image):
        return np.full((20, 20, 3), COLOURS[image.path], dtype=np.uint8)

    def run(self, *, sighted=True):
        with self.open() as index:
            sight = self.sight(index) if sighted else None
            report = self.ingest(index, SETTINGS, sight=sight)
            assert index.check() == []
        return report

    def find(self, **query):
        with self.open() as index:
            sight = self.sight(index)
            sight.warm()
            return [hit.chunk.source for hit in sight.find(Query(**query), k=3)]


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    for name, colour in COLOURS.items():
        made.draw(name, colour)
    return made


def picture(colour):
    return QueryImage(path=colour, phash="0" * 16)


def test_pictures_are_found_by_words_by_a_picture_and_by_both(bench):
    bench.run()

    assert bench.find(text="something green")[0] == "green.png"
    assert bench.find(image=picture("blue"))[0] == "blue.png"
    assert set(bench.find(text="red", image=picture("blue"))[:2]) == {"red.png", "blue.png"}


def test_a_stopped_ingest_keeps_what_was_seen_and_the_next_goes_on(bench):
    for n in range(2 * SEEN_AT_ONCE):
        bench.draw(f"grey{n}", (n, n, n))
    bench.run(sighted=False)
    stop = threading.Event()
    with bench.open() as index:
        seen = bench.sight(index).embed_missing(stop, Gauge(stop.set))

    assert seen == SEEN_AT_ONCE
    bench.run()
    assert sum(bench.model.seen) == 2 * SEEN_AT_ONCE + 3


def test_the_vectors_of_another_model_go_once_this_one_has_seen_all(bench):
    bench.run()
    bench.model = FakeImageEmbedder(model_id="other-eyes")
    spaces = bench.workspace / "picture-vectors"
    with bench.open() as index:
        sight = bench.sight(index)
        sight.warm()
        sight.forget_others()
        assert len(list(spaces.iterdir())) == 1
        sight.embed_missing(threading.Event())
        assert len(list(spaces.iterdir())) == 2
        sight.forget_others()

    assert len(list(spaces.iterdir())) == 1


def test_a_model_that_is_gone_is_one_sentence_and_the_words_are_stored(bench):
    bench.model = Broken()
    report = bench.run()

    assert report.notes == ("There is no model folder /gone.",)
    assert report.as_json()["notes"] == ["There is no model folder /gone."]
    assert {file.state for file in report.files} == {"ready"}
    with bench.open() as index:
        sight = bench.sight(index)
        sight.warm()
        assert sight.problem.startswith("There is no model folder /gone. Pictures are")
        assert sight.find(Query(text="red"), k=3) == []


def test_a_check_and_its_repair_see_what_was_not_seen(bench):
    bench.run(sighted=False)
    with bench.open() as index:
        sight = bench.sight(index)

        assert [(f.kind, f.count) for f in sight.check()] == [("missing", 3)]
        assert sight.repair() == 3
        assert sight.check() == []


def test_the_retriever_counts_what_sight_finds(bench):
    bench.run()
    with bench.open() as index:
        sight = bench.sight(index)
        sight.warm()
        retriever = Retriever(index, FakeEmbedder(), look=sight.find)
        firsts = [
            retriever.retrieve(Query(image=picture(colour)), k=3)[0].chunk.source
            for colour in COLOURS
        ]

    # By their hashes alone, pictures of one colour are all the same.
    assert firsts == ["red.png", "green.png", "blue.png"]
