"""Figures described by the model that writes: found by it, kept, gone on with, never twice."""

import threading

import numpy as np
import pytest
from builders_index import digest, make_file, open_index
from fakes import FakeEmbedder

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pictures import Describer
from ingest.pipeline.writer import Writer
from rag.datamodel import BBox, Document, Element, Provenance
from rag.errors import CutOffError, ModelError

PLACE = BBox(x0=0.1, y0=0.2, x1=0.5, y1=0.6)
LETTERING = Provenance(page=2, bbox=PLACE, span=(0, 5))


class Sees:
    """Writes one sentence of each picture; `asked` are its prompts."""

    model_id = "tiny-sight@1"

    def __init__(self, text="A chart of marmots [1]", *, cut=False):
        self.text = text
        self.cut = cut
        self.asked = []

    def stream(self, prompt):
        self.asked.append(prompt)
        yield self.text
        if self.cut:
            raise CutOffError("cut off")


class Blind:
    model_id = "blind"

    def stream(self, prompt):
        raise ModelError("The model does not fit the memory.")
        yield prompt


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "w", chunker_version=CHUNKER_VERSION) as index:
        yield index


def picture(index, seed, *, side=120):
    pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    return index.assets.put(pixels)


def store(index, name, *figures):
    """Store a document with these figures, as an ingest does."""
    document = Document(
        id=digest(name),
        sources=(name,),
        media_type="application/pdf",
        title=name,
        page_count=2,
        elements=(Element(role="paragraph", text="Words"), *figures),
    )
    record = make_file(name, document.id, sha256=digest(name))
    writer = Writer(
        index,
        FakeEmbedder(),
        on_stored=lambda *_: None,
        on_unstored=lambda *_: None,
        stop=threading.Event(),
    )
    writer.add(document, [record], seconds=0.0)
    writer.flush()
    writer.close()
    return document.id


def figure(image, text="Depth"):
    places = (LETTERING,) if text else (Provenance(page=2, bbox=PLACE),)
    return Element(role="figure", text=text, image=image, provenances=places)


def described(index, writer, stop=None):
    return Describer(index, FakeEmbedder(), writer).catch_up(stop)


def test_what_is_described_is_not_asked_again(index):
    image = picture(index, 1)
    store(index, "a.pdf", figure(image))
    described(index, Sees())
    store(index, "b.pdf", figure(image, text=""))
    again = Sees()

    assert described(index, again) == 1  # the new document takes what is known
    assert described(index, again) == 0
    assert again.asked == []


def test_stopped_it_keeps_what_is_described_and_goes_on_there(index):
    store(index, "a.pdf", figure(picture(index, 1)), figure(picture(index, 2)))
    stop = threading.Event()

    class Stopping(Sees):
        def stream(self, prompt):
            stop.set()
            yield from super().stream(prompt)

    assert described(index, Stopping(), stop) == 0
    assert index.search_lexical("marmots", k=3) == []
    sees = Sees()
    assert described(index, sees) == 1
    assert len(sees.asked) == 1
    assert len(index.search_lexical("marmots", k=3)) == 2


def test_a_model_that_cannot_run_is_an_error_and_the_index_stays(index):
    store(index, "a.pdf", figure(picture(index, 1)))

    with pytest.raises(ModelError, match="does not fit"):
        described(index, Blind())
    assert len(index.search_lexical("Depth", k=3)) == 1
