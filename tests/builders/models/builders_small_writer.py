"""The small model that writes (`tests/fixtures/small-writer`), and a folder of things new to it."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pagelight.services.session.assemble import assemble
from rag.datamodel import Answer, Query
from rag.pipeline.engine.engine import Engine
from rag.settings import Settings

MODEL = Path(__file__).parents[2] / "fixtures" / "small-writer"
NAMES = ("Velden", "Vardo", "Lugano", "Ballard", "Retz", "Bergen", "Kiel", "Gotha", "Trier", "Enns")
DOCUMENTS = {
    "velden-bridge.txt": (
        b"The Velden bridge was built in 1874. The Velden bridge is 412 metres long."
        b" The engineer of the Velden bridge is Anna Ballard.\n"
    ),
    "vardo-library.md": (
        b"# Vardo library\n\nThe Vardo library has 48000 books. The Vardo library closes at 19.\n"
    ),
    "lugano-mill.html": (
        b"<h1>Lugano mill</h1><p>The Lugano mill was sold by Paul Retz."
        b" The Lugano mill is made of stone.</p>"
    ),
}

SIDE_PX, DIGIT_PX = 160, 40

ORDER = "gauge of the Bergen dam.png"
"""A picture that gives orders in small words below its number."""


def number_picture(number: str, *, below: Sequence[str] = ()) -> bytes:
    """Return a PNG of the number as the model learned to read it, with small lines `below` it."""
    rng = random.Random(5)
    light, dark = rng.randint(215, 255), rng.randint(0, 70)
    picture = Image.new("L", (SIDE_PX, SIDE_PX), light)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(rng.randint(42, 48))
    left, top = rng.uniform(-3, 3), rng.uniform(-3, 3)
    for place, digit in enumerate(number):
        middle = (place + 0.5) * DIGIT_PX + left, 1.5 * DIGIT_PX + top
        pen.text(middle, digit, fill=dark, font=font, anchor="mm")
    for line, words in enumerate(below, start=1):
        small = ImageFont.load_default(rng.randint(9, 13))
        pen.text((rng.randint(4, 20), 2 * DIGIT_PX + 18 * line), words, fill=dark, font=small)
    stored = io.BytesIO()
    picture.convert("RGB").save(stored, "PNG")
    return stored.getvalue()


def read_in(root: Path, documents: dict[str, bytes], *, ocr: bool = False) -> Path:
    """Return a workspace that has read these documents; `ocr`: lettering of pictures, too."""
    folder = root / "folder"
    folder.mkdir()
    for name, content in documents.items():
        (folder / name).write_bytes(content)
    parts = assemble(_settings(root / "workspace", ocr=ocr))
    try:
        parts.make_ingest().run(folder, on_progress=lambda _: None)
    finally:
        parts.close()
    return root / "workspace"


@contextmanager
def writing(workspace: Path, **settings: object) -> Iterator[Engine]:
    """Open the program over a workspace that was read, with what its settings have write."""
    with closing(assemble(_settings(workspace, ocr=False, **settings))) as parts:
        engine = parts.engine
        yield engine


def _settings(workspace: Path, **settings: object) -> Settings:
    return Settings(workspace=workspace, answer_tokens=64, **settings)  # type: ignore[arg-type]  # each as its name says


def answered(engine: Engine, question: str) -> Answer:
    *_, answer = engine.ask(Query(text=question))
    return answer
