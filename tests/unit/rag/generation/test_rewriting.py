"""A follow-up is said alone by the model that writes, where that loses and invents nothing."""

import pytest
from builders_written import RecordedModel

from rag.datamodel import Answer, Query, Turn
from rag.generation.rewriting import is_sound, rewritten
from rag.generation.writers.answer_writer import AnswerWriter
from rag.understanding.question.question import understand

SNOW = (Turn(question="How deep was the snow at Kestrel Ridge in 1999?", answer="312 cm [1]."),)
KEEPER = (Turn(question="Who keeps the upper hut on the Sturmjoch?", answer="Ada Venn."),)
FAMOUS = (*SNOW, Turn(question="And how many guests came?", answer="Forty."))


def said_alone(question, history, model):
    """Return the question that comes out, and how many empty answers came before it."""
    asked, writer = understand(question, history), AnswerWriter(model, len)
    steps = rewritten(asked, writer.say_alone, waiting=Answer(query=asked.said))
    waits = 0
    while True:
        try:
            waiting = next(steps)
        except StopIteration as end:
            return end.value, waits
        assert not waiting.text
        assert not waiting.complete
        waits += 1


def test_a_follow_up_is_asked_as_the_model_says_it():
    model = RecordedModel("Since when does Ada Venn keep the upper hut on the Sturmjoch?")
    asked, waits = said_alone("since when does she do that?", KEEPER, model)

    assert asked.standalone == "Since when does Ada Venn keep the upper hut on the Sturmjoch?"
    assert asked.said == Query(text="since when does she do that?")
    assert asked.history == KEEPER
    assert asked.by_itself is None
    assert waits > 1


def test_what_the_model_begins_with_and_is_asked_without_it():
    model = RecordedModel("And how many guests came to the upper hut on the Sturmjoch?")
    asked, _ = said_alone("And how many guests came?", KEEPER, model)

    assert asked.standalone == "How many guests came to the upper hut on the Sturmjoch?"


def test_the_model_reads_the_conversation_and_the_question_as_it_was_typed():
    model = RecordedModel("How deep was the snow at Gull Point in 1999?")
    said_alone("and at Gull Point?", SNOW, model)

    (asked,) = model.asked
    assert asked.splitlines() == [
        "<earlier>",
        "Question: How deep was the snow at Kestrel Ridge in 1999?",
        "Answer: 312 cm.",
        "</earlier>",
        "Question: and at Gull Point?",
    ]


@pytest.mark.parametrize(
    ("asked", "history"),
    [("How many beds has the Brockenstein station?", SNOW), ("And since when?", ())],
)
def test_no_model_is_asked_where_a_question_leans_on_nothing(asked, history):
    model = RecordedModel("What was that?")

    assert said_alone(asked, history, model)[0].standalone == asked
    assert model.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "And the year before?",
        "How deep was the snow?",
        "It was 312 cm deep. [1]",
        "One line.\nAnother line.",
        "",
    ],
)
def test_what_the_model_says_amiss_leaves_the_question_as_the_rules_have_it(text):
    asked, _ = said_alone("And the year before?", SNOW, RecordedModel(text))

    assert asked.standalone == "How deep was the snow at Kestrel Ridge in 1998?"


def test_a_model_that_fails_leaves_the_question_as_the_rules_have_it():
    model = RecordedModel("How deep was it", fails=True)
    asked, _ = said_alone("What about Gull Point?", SNOW, model)

    assert asked.standalone == "How deep was the snow at Gull Point in 1999?"


@pytest.mark.parametrize(
    ("question", "line", "history"),
    [
        ("and at Gull Point?", "How deep was the snow at Gull Point in 1999?", SNOW),
        ("And the year before?", "How deep was the snow at Kestrel Ridge in 1998?", SNOW),
        ("What is her number?", "What is the number of Ada Venn?", KEEPER),
        ("May I get her number, please?", "What is the number of Ada Venn?", KEEPER),
        ("and in 2001?", "How many guests came to Kestrel Ridge in 2001?", FAMOUS),
    ],
)
def test_a_line_that_keeps_names_and_numbers_is_sound(question, line, history):
    assert is_sound(line, question, history)


@pytest.mark.parametrize(
    ("question", "line", "history"),
    [
        ("and at Gull Point?", "How deep was the snow at Kestrel Ridge in 1999?", SNOW),
        ("And in 2001?", "How deep was the snow in 2001?", SNOW),
        ("And the year before?", "How deep was the snow at Kestrel Ridge in 1990?", SNOW),
        ("how many huts are there?", "How deep was the snow at Kestrel Ridge in 1999?", SNOW),
        ("how many beds were taken there?", "How many beds were taken?", FAMOUS),
    ],
)
def test_a_line_that_loses_or_makes_up_a_name_or_number_is_not(question, line, history):
    assert not is_sound(line, question, history)
