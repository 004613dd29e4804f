"""The demo's documents are there, and its questions have their answers where they say."""

import json
import os
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from builders_office import found_file
from PIL import Image

from ingest.discovery.discover import identify
from ingest.ocr.ocr import RapidOcr
from ingest.parsers.media.recording import read_sound
from ingest.parsers.registry import parser_for
from rag.models.seeing.photographs import PhotographNetwork, seen_line
from rag.models.setup.bundled import HEARING, SEEING, SWITCH, model_folder
from rag.models.speech import SmallWhisper
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

DEMO = Path(__file__).parents[3] / "demo"
DOCUMENTS = DEMO / "documents"
PICTURES = {".png", ".jpg"}
SCAN = "logbook-1999-03.pdf"
NOTE = "voice-note-from-jonas.ogg"

QUESTIONS = [
    json.loads(line) for line in (DEMO / "questions.jsonl").read_text("utf-8").splitlines()
]
ANSWERABLE = [q for q in QUESTIONS if q["answerable"]]
SHOWN = [q for q in ANSWERABLE if q["modality"] == "photograph"]
DRAWN = [
    q
    for q in ANSWERABLE
    if (q["source"] == SCAN or Path(q["source"]).suffix in PICTURES) and q not in SHOWN
]
SPOKEN = [q for q in ANSWERABLE if q["source"] == NOTE]
WRITTEN = [q for q in ANSWERABLE if q not in (*DRAWN, *SHOWN, *SPOKEN)]
BOXED = [q for q in WRITTEN if q["bbox"]]
SEEING_FOLDER = model_folder(SEEING, os.environ | {SWITCH: "on"})


def _names(questions: list[dict]) -> list[str]:
    return [q["id"] for q in questions]


def _squeezed(text: str) -> str:
    """Leave out white space and the marks that divide table cells: a layout is no content."""
    return "".join(text.split()).replace("|", "")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Return what reads a document of the demo, each once."""
    settings = Settings()
    assets = AssetStore(tmp_path_factory.mktemp("assets"), megapixels=settings.image_megapixels)

    @cache
    def parsed(source):
        file = identify(found_file(DOCUMENTS / source), settings=settings)
        return parser_for(file.media_type, settings=settings).parse(file, assets)

    return parsed


@pytest.mark.parametrize("question", WRITTEN, ids=_names(WRITTEN))
def test_the_evidence_stands_where_the_question_says(read, question):
    elements = read(question["source"]).elements
    words = "".join(one.text for one in elements if question["page"] in (None, one.page))

    assert _squeezed(question["evidence"]) in _squeezed(words)


@pytest.mark.parametrize("question", BOXED, ids=_names(BOXED))
def test_the_box_holds_the_answer(question):
    x0, y0, x1, y1 = question["bbox"]
    with pypdfium2.PdfDocument(DOCUMENTS / question["source"]) as document:
        page = document[question["page"] - 1]
        width, height = page.get_size()
        words = page.get_textpage().get_text_bounded(
            left=x0 * width, right=x1 * width, bottom=(1 - y1) * height, top=(1 - y0) * height
        )
    accepted = [_squeezed(answer) in _squeezed(words) for answer in question["answers"]]

    if question["modality"] == "multi-doc":
        assert any(accepted)  # the other sources hold the rest
    else:
        assert all(accepted) if question["match"] == "all" else any(accepted)


def test_the_spoken_evidence_can_be_heard():
    folder = model_folder(HEARING, {**os.environ, SWITCH: "on"})
    if folder is None:
        pytest.skip("the model that hears is not here: pagelight models fetch hearing")
    note = identify(found_file(DOCUMENTS / NOTE), settings=Settings())

    heard = SmallWhisper(folder).hear(read_sound(note, start_s=0.0, seconds=30.0))

    words = _squeezed(" ".join(segment.text for segment in heard.segments))
    assert SPOKEN
    assert all(_squeezed(question["evidence"]) in words for question in SPOKEN)


@pytest.fixture(scope="module")
def ocr():
    return RapidOcr(threads=1)


@pytest.mark.slow
@pytest.mark.parametrize("source", sorted({q["source"] for q in DRAWN}))
def test_the_drawn_evidence_can_be_read(ocr, source):
    words = _squeezed("".join(line.text for line in ocr.read(_pixels(DOCUMENTS / source))))

    for question in DRAWN:
        if question["source"] == source:
            assert any(_squeezed(answer) in words for answer in question["answers"])


@pytest.mark.skipif(SEEING_FOLDER is None, reason="the model that sees was not fetched")
@pytest.mark.parametrize("question", SHOWN, ids=_names(SHOWN))
def test_the_photograph_shows_what_is_asked_for(question):
    looks = PhotographNetwork(SEEING_FOLDER).look([_pixels(DOCUMENTS / question["source"])])
    line = seen_line(looks.chances[0], float(looks.photographs[0]))

    assert all(answer in line for answer in question["answers"])


def _pixels(path: Path) -> np.ndarray:
    if path.suffix in PICTURES:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    with pypdfium2.PdfDocument(path) as document:
        return document[0].render(scale=2).to_numpy()
