from dataclasses import replace

from rag.answer.question.asked import core_question
from rag.answer.question.question import understand


def test_an_opening_that_names_the_document_is_not_the_core():
    question = 'In the report "Snow, 1999", how deep was the snow?'

    assert core_question(question) == "how deep was the snow?"
    assert core_question("For Costco, fiscal year 2021: what is it?") == "what is it?"
    assert core_question("In which year was it, what do you think?") != "what do you think?"


def test_names_and_kind_are_told_apart():
    asked = understand("How many guests did Anna Berg count in 1999?")

    assert asked.names == {"anna", "berg"}
    assert asked.kind == "number"


def test_a_question_for_a_named_thing_asks_for_no_number():
    assert understand("Which province has the largest total population?").kind == "any"
    assert understand("What is the license number?").kind == "code"


def test_what_documents_may_say_otherwise_are_its_telling_words():
    assert understand("can kids come to the Red Cairn by car in 2025?").telling == ("kids", "car")


def test_a_word_of_like_meaning_stands_for_one_that_is_asked():
    asked = replace(understand("can kids come"), related={"kid": {"children": 0.8}})

    assert asked.standing("kid", {"child", "children"}) == 0.8
    assert asked.standing("come", {"come"}) == 1.0
    assert asked.standing("kid", {"goat"}) == 0.0


def test_a_superlative_is_read_by_what_it_measures():
    assert understand("windiest month").telling == ("month",)
