"""The small model that writes (`training.writer`), and a folder of things new to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.datamodel import Answer, Query
from rag.engine.engine import Engine
from rag.settings import Settings
from service.session.assemble import assemble

MODEL = Path(__file__).parents[2] / "fixtures" / "small-writer"
NAMES = ("Velden", "Vardo", "Lugano", "Ballard", "Retz")
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


def read_in(root: Path, documents: dict[str, bytes]) -> Path:
    """Return a workspace that has read these documents."""
    folder = root / "folder"
    folder.mkdir()
    for name, content in documents.items():
        (folder / name).write_bytes(content)
    parts = assemble(_settings(root / "workspace"))
    try:
        parts.make_ingest().run(folder, on_progress=lambda _: None)
    finally:
        parts.close()
    return root / "workspace"


@contextmanager
def writing(workspace: Path, **settings: object) -> Iterator[Engine]:
    """Open the program over a workspace that was read, with what its settings have write."""
    with assemble(_settings(workspace, **settings)).engine as engine:
        yield engine


def _settings(workspace: Path, **settings: object) -> Settings:
    return Settings(workspace=workspace, answer_tokens=64, ocr=False, **settings)  # type: ignore[arg-type]  # each as its name says


def answered(engine: Engine, question: str) -> Answer:
    *_, answer = engine.ask(Query(text=question))
    return answer
