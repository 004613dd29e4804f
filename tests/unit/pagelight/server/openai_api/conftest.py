"""A running server with a password, whose engine's answers each test may change."""

import pytest
from builders_programs import PASSWORD, HeldEngine, grown
from builders_ui import a_document
from fake_library import FakeLibrary
from running_app import running_app

from rag.datamodel import Element
from rag.settings import Settings


@pytest.fixture(scope="package")
def whole_engine(tmp_path_factory):
    doc = a_document(Element(role="paragraph", text="Snow fell."), page_count=2)
    library = FakeLibrary(doc, folder=tmp_path_factory.mktemp("docs"))
    return HeldEngine(index=library)


@pytest.fixture
def engine(whole_engine):
    whole_engine.answers, whole_engine.error = grown(), None
    whole_engine.asked.clear()
    return whole_engine


@pytest.fixture(scope="package")
def url(whole_engine, tmp_path_factory):
    settings = Settings(
        workspace=tmp_path_factory.mktemp("ws"), password=PASSWORD, questions_at_once=1
    )
    with running_app(whole_engine, settings) as address:
        yield address
