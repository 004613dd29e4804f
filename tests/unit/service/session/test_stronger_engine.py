"""The whole program with a tiny text model and a tiny cross-encoder from folders."""

import pytest
from builders_encoder import save_cross_encoder, save_text_embedder

from rag.datamodel import Query
from rag.settings import Settings
from service.session.assemble import assemble

NOTES = {
    "snow.txt": "Snow lay 312 cm deep on the pass on 3 March 1999.",
    "road.txt": "The road was closed for nine days.",
    "letter.txt": "A letter disagrees with the report of the station.",
}
QUESTION = "How deep was the snow on the pass?"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    made = tmp_path_factory.mktemp("stronger")
    (made / "folder").mkdir()
    for name, text in NOTES.items():
        (made / "folder" / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def parts(root):
    """Everything read and loaded, as `pagelight ingest` and a chat do."""
    settings = Settings(
        workspace=root / "workspace",
        models=root / "models",
        text_model=f"file:{save_text_embedder(root / 'tiny-text')}",
        reranker=f"file:{save_cross_encoder(root / 'tiny-pairs')}",
    )
    made = assemble(settings)
    made.make_ingest().run(root / "folder", on_progress=lambda _: None)
    made.engine.warm()
    yield made
    made.close()


def test_an_ingest_ends_with_the_stronger_model_having_read_all(parts):
    found = parts.engine.meaning.find(Query(text="snow"), k=9)

    assert {hit.chunk.source for hit in found} == set(NOTES)
    assert parts.engine.status() == ""


def test_both_models_are_named(parts):
    models = parts.engine.models

    assert models["text"] == "tiny-text"
    assert models["reranker"] == "tiny-pairs"
    assert "tiny-text finds by meaning. tiny-pairs orders" in parts.engine.profile.summary


def test_questions_are_answered_by_way_of_both(parts):
    (*_, answer) = parts.engine.ask(Query(text=QUESTION))
    hits = parts.engine.search(Query(text=QUESTION), 9)

    assert answer.complete
    assert {hit.chunk.source for hit in hits} == set(NOTES)


def test_a_document_that_comes_later_is_read_too(parts, root):
    (root / "folder" / "later.txt").write_text("The barometer fell in March.", encoding="utf-8")
    parts.make_ingest().run(root / "folder", on_progress=lambda _: None)
    found = parts.engine.meaning.find(Query(text="barometer"), k=9)

    assert "later.txt" in {hit.chunk.source for hit in found}


def test_without_the_setting_the_same_workspace_opens_with_the_built_in_model(root, parts):
    parts.close()
    plain = assemble(Settings(workspace=root / "workspace", models=root / "models"))
    try:
        assert plain.engine.meaning is None
        assert plain.engine.check() == []
    finally:
        plain.close()
