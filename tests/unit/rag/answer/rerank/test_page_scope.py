from dataclasses import replace

from builders_answer import chunk, hit

from rag.answer.question.question import understand
from rag.answer.rerank.page_scope import on_named_pages
from rag.datamodel import Provenance


def on_page(page, *, source="report.pdf", text="Snow lay deep."):
    made = chunk(f"{source}{page}", text, source=source)
    return hit(replace(made, provenances=(Provenance(page=page),), doc_id=source), page)


def pages(question, hits):
    asked, found = on_named_pages(understand(question), hits)
    return asked.standalone, [(one.chunk.source, one.chunk.page) for one in found]


REPORT = [on_page(page) for page in (1, 2, 3)]
LETTER = [on_page(page, source="letter.pdf") for page in (1, 2)]


def test_only_the_pages_that_are_named_are_left_and_they_are_no_words_any_more():
    asked, found = on_named_pages(understand("How deep was the snow on page 2?"), REPORT)

    assert [one.chunk.page for one in found] == [2]
    assert [one.rank for one in found] == [1]
    assert asked.standalone == "How deep was the snow?"
    assert asked.on_pages


def test_of_several_documents_that_of_the_named_one_is_left():
    question = "How deep was the snow, on page 2 of the letter?"

    assert pages(question, [*REPORT, *LETTER])[1] == [("letter.pdf", 2)]


def test_what_tells_no_page_of_a_document_leaves_all_as_it_is():
    for question, hits in (
        ("How deep was the snow?", REPORT),
        ("How deep was the snow on page 9?", REPORT),
        ("How deep was the snow on page 2?", [*REPORT, *LETTER]),
    ):
        assert pages(question, hits) == (
            question,
            [(one.chunk.source, one.chunk.page) for one in hits],
        )
