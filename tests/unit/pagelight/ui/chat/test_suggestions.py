import pytest
from builders_ui import a_document, client_of
from fake_library import FakeLibrary

from pagelight.ui.start.start_routes import suggestion_routes


@pytest.mark.parametrize(
    ("examples", "offered"),
    [
        ((), "Summarise a &amp; b.pdf in short"),
        (("How deep is the snow?",), "How deep is the snow?"),
    ],
)
def test_the_empty_screen_offers_examples_or_summaries_of_documents(tmp_path, examples, offered):
    library = FakeLibrary(a_document(source="a & b.pdf"), folder=tmp_path)
    html = client_of(suggestion_routes(library, examples)).get("/suggestions").text

    assert html.count("<button") == 1
    assert f">{offered}</button>" in html
