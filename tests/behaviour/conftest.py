"""Whole documents, read once and asked as people ask."""

from contextlib import contextmanager

import pytest

from pagelight.services.session.assemble import assemble
from rag.settings import Settings


@contextmanager
def engine_of(folder, workspace):
    """Read a folder without its lettering and give what answers."""
    parts = assemble(Settings(workspace=workspace, ocr=False))
    try:
        parts.make_ingest().run(folder, on_progress=lambda _: None)
        parts.engine.warm()
        yield parts.engine
    finally:
        parts.close()


@pytest.fixture(scope="session")
def asking():
    return engine_of
