from dataclasses import replace

import pytest
from builders_answer import chunk, hit

from rag.datamodel import Provenance
from rag.pipeline.finding import on_named_pages
from rag.understanding.question.question import understand
from rag.understanding.question.question_words import named_pages


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


@pytest.mark.parametrize(
    ("asked", "pages", "rest"),
    [
        ("How much does the chart on page 14 say?", {14}, "How much does the chart say?"),
        ("How many huts are on pages three and four?", {3, 4}, "How many huts are?"),
        ("pp. 3-5, what do they mean?", {3, 4, 5}, "what do they mean?"),
        ("Was steht auf Seite 3 über Wein?", {3}, "Was steht über Wein?"),
        ("Que montre la diapositive 7?", {7}, "Que montre?"),
    ],
)
def test_pages_are_told_from_what_is_asked_of_them(asked, pages, rest):
    named = named_pages(asked)

    assert named.pages == pages
    assert named.rest == rest


@pytest.mark.parametrize(
    "asked",
    [
        "How many pages has it?",
        "Which pages? Answer as ['Page 2', 'Page 4'].",
        "Who wrote home page 12345678?",
        "How deep was the snow in March 1999?",
    ],
)
def test_what_names_no_page_is_left_as_it_is(asked):
    assert named_pages(asked).pages == frozenset()
