"""A question is made once, of the words, the conversation and what comes with them."""

import pytest

from rag.datamodel import Chunk, Filters, Query, QueryImage, Turn
from rag.errors import PagelightError
from rag.question_length import MAX_CHARACTERS
from rag.understanding.question.question import understand

SNOW = (Turn(question="How much snow fell in Ontario?", answer="Much."),)


def test_a_question_stands_alone_and_keeps_what_was_said():
    query = Query(text="And in Quebec?", filters=Filters(within=("a/",)))
    asked = understand(query, SNOW)

    assert asked.standalone == asked.text == "How much snow fell in Quebec?"
    assert (asked.said, asked.filters) == (query, query.filters)


def test_the_lettering_of_a_picture_is_asked_with_the_words():
    picture = QueryImage(path="x.png", phash="0" * 16, lettering="Marmots sleep")
    asked = understand(Query(text="When?", image=picture))

    assert (asked.text, asked.standalone) == ("When? Marmots sleep", "When?")
    assert asked.searched.text == "When?"  # retrieval adds the lettering itself


def test_what_is_searched_has_the_topic_and_words_of_the_region():
    leaning = understand("Why is that so?", SNOW)
    region = Chunk(id="r", doc_id="d", source="d.pdf", ordinal=0, text="snow " * 90)
    pointing = understand(Query(text="What is this?", region=region), SNOW)

    assert set(leaning.searched.text.split()) >= set(leaning.text.split())
    assert pointing.searched.text == "What is this? " + " ".join(["snow"] * 40)
    assert understand("How deep?").searched is not None


def test_a_question_that_is_too_long_is_refused_and_long_lettering_cut():
    picture = QueryImage(path="x.png", phash="0" * 16, lettering="snow " * 900)

    assert len(understand(Query(text="How deep?", image=picture)).text) == MAX_CHARACTERS
    with pytest.raises(PagelightError, match="characters"):
        understand("snow " * 900)


def test_the_documents_spoken_of_are_those_that_the_last_stated_answer_cited():
    history = (
        Turn(question="How deep?", answer="317 cm", cited=("snow.pdf, page 2", "pass.md")),
        Turn(question="And in May?", answer=""),
    )
    asked = understand("what is the salary", history)

    assert asked.spoken_of == ("snow.pdf", "pass.md")
    assert asked.filters.within == ()
    assert asked.of_documents_spoken_of.filters.within == asked.spoken_of
    assert asked.of_documents_spoken_of.by_itself.filters.within == asked.spoken_of
    assert understand("how deep?").of_documents_spoken_of is None
