"""The whole program with a tiny model that writes: real files, real reading, real transformers."""

from contextlib import closing
from dataclasses import replace

import builders_vlm
import pytest
from builders_answer import WINTER

from pagelight.services.session.assemble import assemble
from rag.datamodel import AnswerWishes, Filters, Query
from rag.errors import ModelError, PagelightError
from rag.generation.composition import UNHELD
from rag.settings import Settings

QUESTION = Query(text="How deep was the snow in March 1999?")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    root = tmp_path_factory.mktemp("writer")
    (root / "folder").mkdir()
    (root / "folder" / "winter.txt").write_text(WINTER + "\n")
    model = builders_vlm.save_llama(root / "tiny")
    made = Settings(
        workspace=root / "workspace",
        generator=f"file:{model}",
        answer_tokens=8,
        answer_threshold=0.0,
        ocr=False,
    )
    parts = assemble(made)
    try:
        parts.make_ingest().run(root / "folder", on_progress=lambda _: None)
    finally:
        parts.close()
    return made


def test_a_conversation_is_answered_by_the_model_that_it_chose(settings):
    chosen = replace(settings, generator="", writers=f"tiny={settings.generator},lost=file:/none")
    with closing(assemble(chosen)) as parts:
        engine = parts.engine
        *_, usual = engine.ask(QUESTION)
        *_, answer = engine.ask(replace(QUESTION, wishes=AnswerWishes(writer="tiny")))
        *_, lost = engine.ask(replace(QUESTION, wishes=AnswerWishes(writer="lost")))

        assert set(engine.writers()) == {"tiny", "lost"}
        assert "cut off at 8 tokens" in "".join(answer.notes)
        assert "cut off at 8 tokens" not in "".join(usual.notes)
        assert "lost, which this conversation chose, can't be had" in lost.notes[0]
        assert lost.text == usual.text
        assert engine.profile.name == "embedded"


def test_a_summary_of_which_nothing_stands_is_quoted_and_that_is_told(settings):
    with closing(assemble(settings)) as parts:
        engine = parts.engine
        *_, answer = engine.ask(Query(text="Summarise winter.txt in short"))

        assert answer.complete
        assert answer.query.text == "Summarise winter.txt in short"
        assert UNHELD in answer.notes  # what a model without sense says is borne out by nothing
        assert answer.context.hits[0].chunk.source == "winter.txt"


def test_a_document_of_another_collection_is_neither_summarised_nor_searched(settings):
    letters = Filters(collections=("letters",))
    with closing(assemble(settings)) as parts:
        engine = parts.engine
        *_, named = engine.ask(Query(text="Summarise winter.txt in short", filters=letters))

        assert (named.hits, named.context.hits, named.answered) == ((), (), False)
        with pytest.raises(PagelightError, match="no document to summarise"):
            list(engine.ask(Query(text="Summarise the documents", filters=letters)))


def test_a_refused_model_leaves_the_workspace_free(settings, tmp_path):
    with pytest.raises(ModelError, match="has no config"):
        assemble(replace(settings, generator=f"file:{tmp_path}"))

    assemble(settings).close()
