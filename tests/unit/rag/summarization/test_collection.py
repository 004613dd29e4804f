"""One question to every document, over the real index with vectors of shared words."""

import pytest
from builders_index import open_index
from builders_table import DEPTH, TEXTS, asker, put
from fakes import FakeEmbedder

from rag.summarization.collection import ListedDocument
from rag.understanding.question.question import understand

QUESTION = understand(DEPTH)


@pytest.fixture
def library(tmp_path):
    embedder = FakeEmbedder()
    with open_index(tmp_path / "ws") as index:
        rows = [put(index, embedder, source, texts) for source, texts in TEXTS.items()]
        yield index, embedder, rows


def test_each_document_answers_for_itself_and_cites_its_own_words(library):
    index, embedder, rows = library
    cells = list(asker(index, embedder).cells([QUESTION], rows))
    (chunk,) = index.chunks([cells[0].chunk_id])
    citation = cells[0].citation(chunk)

    assert [cell.doc_id for cell in cells] == [row.doc_id for row in rows]
    assert ["317" in cells[0].text, "212" in cells[1].text] == [True, True]
    assert [cell.supported for cell in cells] == [True, True, False]
    assert (citation.page, citation.quote) == (1, TEXTS["a.txt"][1])
    assert citation.provenances


@pytest.mark.parametrize("text", ["What is this document about?", "Summarise it"])
def test_what_a_document_is_about_is_told_by_a_sentence_of_its_own(library, text):
    index, embedder, rows = library

    cells = list(asker(index, embedder).cells([understand(text)], rows[:2]))

    assert [cell.text for cell in cells] == [TEXTS["a.txt"][1], TEXTS["b.txt"][1]]
    assert all(cell.supported for cell in cells)


def test_what_was_yielded_is_kept_and_not_asked_again(library):
    index, embedder, rows = library
    first = next(asker(index, embedder).cells([QUESTION], rows))
    searched = []
    again = list(asker(index, embedder, searched=searched).cells([QUESTION], rows[:1]))

    assert again == [first]
    assert searched == []


def test_what_is_kept_may_hold_damaged_letters(library):
    index, embedder, _ = library
    row = put(index, embedder, "d.txt", ("The snow was 99 cm deep.",))
    damaged = understand("How deep was the snow \udc80?")

    first = list(asker(index, embedder).cells([damaged], [row]))

    assert list(asker(index, embedder).cells([damaged], [row])) == first


def test_other_models_and_changed_documents_are_asked_anew(library):
    index, embedder, rows = library
    list(asker(index, embedder).cells([QUESTION], rows))
    searched = []
    list(asker(index, embedder, searched=searched, models={"reader": "b"}).cells([QUESTION], rows))
    row = put(index, embedder, "a.txt", ("The snow was 99 cm deep.",))
    (cell,) = asker(index, embedder, searched=searched).cells([QUESTION], [row])

    assert searched == [DEPTH, DEPTH]
    assert "99" in cell.text


def test_cells_of_documents_that_are_gone_are_forgotten(library):
    index, embedder, rows = library
    table = asker(index, embedder)
    list(table.cells([QUESTION], rows))
    table.kept.keep_only({rows[0].doc_id})
    searched = []
    list(asker(index, embedder, searched=searched).cells([QUESTION], rows[:1]))
    assert searched == []
    list(asker(index, embedder, searched=searched).cells([QUESTION], rows[1:2]))
    assert searched == [DEPTH]


def test_no_documents_and_a_document_without_words_are_no_trouble(library):
    index, embedder, _ = library
    unknown = ListedDocument(doc_id="f" * 64, source="gone.txt")

    assert list(asker(index, embedder).cells([QUESTION], [])) == []
    (cell,) = asker(index, embedder).cells([QUESTION], [unknown])
    assert (cell.supported, cell.text) == (False, "")
