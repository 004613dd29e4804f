import pytest

from rag.answer.conversation import is_follow_up, standalone_query
from rag.datamodel import Turn


def history(*questions):
    return [Turn(question=question, answer="") for question in questions]


def test_a_question_that_stands_alone_is_left_as_it_is():
    asked = "How deep was the snow at Kestrel Ridge in 1999?"

    assert standalone_query(asked, history("Who led the station in 2020?")) == asked


def test_a_follow_up_takes_the_question_that_it_leans_on():
    assert (
        standalone_query("And the year before?", history("How deep was the snow in 1999?"))
        == "How deep was the snow in 1999? And the year before?"
    )


def test_only_the_questions_of_the_present_topic_are_taken():
    earlier = history("Who led the station in 2020?", "How deep was the snow in spring 1999?")

    assert "station" not in standalone_query("And in 2001?", earlier)


def test_a_first_question_has_nothing_to_lean_on():
    assert standalone_query("And the year before?", []) == "And the year before?"


@pytest.mark.parametrize(
    "question",
    [
        "What about Quebec?",
        "Why did it melt so early that year?",
        "How many of them are in Canada?",
    ],
)
def test_follow_ups_are_told_by_pronouns_and_openings(question):
    assert is_follow_up(question)
