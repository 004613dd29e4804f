import pytest
from builders_ui import a_document
from fake_library import FakeLibrary
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.ui.start.start_routes import suggestion_routes


@pytest.mark.parametrize(
    ("examples", "offered"),
    [
        ((), "Summarise a &amp; b.pdf in short"),
        (("How deep is the snow?",), "How deep is the snow?"),
    ],
)
def test_the_empty_screen_offers_examples_or_summaries_of_documents(tmp_path, examples, offered):
    app = FastAPI()
    library = FakeLibrary(a_document(source="a & b.pdf"), folder=tmp_path)
    app.include_router(suggestion_routes(library, examples))
    html = TestClient(app).get("/suggestions").text

    assert html.count("<button") == 1
    assert f">{offered}</button>" in html
