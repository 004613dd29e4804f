"""The whole program with a tiny text model and a tiny cross-encoder from folders."""

import pytest
from builders_encoder import save_cross_encoder, save_text_embedder

from pagelight.services.session.assemble import assemble
from rag.datamodel import Query
from rag.settings import Settings

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
    found = parts.engine.active.meaning.find(Query(text="snow"), k=9)

    assert {hit.chunk.source for hit in found} == set(NOTES)
    assert parts.engine.status() == ""


def test_questions_are_answered_by_way_of_both(parts):
    (*_, answer) = parts.engine.ask(Query(text=QUESTION))
    hits = parts.engine.search(Query(text=QUESTION), 9)

    assert answer.complete
    assert {hit.chunk.source for hit in hits} == set(NOTES)
