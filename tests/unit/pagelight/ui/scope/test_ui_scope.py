import pytest
from builders_ui import a_document, client_of
from fake_library import FakeLibrary

from pagelight.ui.scope.routes import scope_routes
from rag.datamodel import Element
from rag.storage.conversations.conversations import Exchange

SNOW = Element(role="paragraph", text="Snow.")


@pytest.fixture
def library(tmp_path):
    docs = [a_document(SNOW, source=source) for source in ("a/x <b>.pdf", "a/b/notes.pdf", "y.pdf")]
    notes = a_document(SNOW, source="notes.pdf", media_type="text/plain")
    return FakeLibrary(*docs, notes, folder=tmp_path)


@pytest.fixture
def client(library):
    return client_of(scope_routes(library))


def test_folders_types_and_documents_are_offered_and_what_is_chosen_is_ticked(client):
    html = client.post("/scope", json={"chosen": "in:a/\ntype:text/plain"}).text

    assert 'value="in:a/" checked' in html
    assert 'value="in:a/b/"' not in html
    assert 'value="type:text/plain" checked' in html
    assert 'value="in:y.pdf" data' in html
    assert "<b>" not in html


def test_names_after_an_at_begin_with_what_is_typed_and_are_told_apart(client):
    html = client.get("/scope/names?words=no").text

    assert html.index('data-at="@a/b/notes.pdf"') < html.index('data-at="@notes.pdf"')
    assert 'data-at="@&quot;x &lt;b&gt;.pdf&quot;"' in client.get("/scope/names?words=x%20").text
    assert 'data-at="@a/b/"' in client.get("/scope/names?words=a/b").text
    assert client.get("/scope/names?words=zz").text == ""


def test_what_a_conversation_is_asked_of_is_kept_with_it_alone(client, library):
    talk = "a" * 16
    path = f"/scope/of/{talk}"
    assert client.put(path, json=["in:y.pdf"]).status_code == 404
    library.conversations.put(talk, Exchange(id="1", question="Snow?"))
    assert client.put(path, json=["in:y.pdf", "no entry", "in:a\nb"]).status_code == 204

    assert library.conversations.scope(talk) == ("in:y.pdf", "in:a")
    assert client.put(path, json="in:y.pdf").status_code == 422
