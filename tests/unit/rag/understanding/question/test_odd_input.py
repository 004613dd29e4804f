"""What is typed and is no question, and several questions at once."""

import pytest

from rag.datamodel import Turn
from rag.understanding.question.odd_input import (
    ABOUT,
    GREETING,
    NO_WORDS,
    ONE_LETTER,
    PASTED,
    SORRY,
    TOO_LITTLE,
    UNABLE,
    WELCOME,
    reply_to,
)
from rag.understanding.question.question import understand


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("?!...", NO_WORDS),
        ("a", ONE_LETTER),
        ("Hello", GREETING),
        ("Bonjour", GREETING),
        ("thanks a lot", WELCOME),
        ("merci !", WELCOME),
        ("vielen Dank", WELCOME),
        ("you are stupid", SORRY),
        ("schreib mir eine Mail", UNABLE),
        ("This is completely useless!!", SORRY),
        ("who are you?", ABOUT),
    ],
)
def test_what_is_no_question_gets_a_sentence_that_helps_on(text, reply):
    assert reply_to(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "How deep was the snow?",
        "雪",
        "hello world program",
        "who translated the book?",
        "is the useless pump still there?",
    ],
)
def test_a_question_or_key_words_get_none(text):
    assert reply_to(text) == ""


@pytest.mark.parametrize("text", ["why?", "what is it", "who", "and how?"])
def test_words_that_name_nothing_are_asked_for_more(text):
    assert understand(text).reply == TOO_LITTLE


def test_the_same_words_lean_on_a_conversation():
    history = [Turn(question="When was the hut built?", answer="The hut was built in 1931.")]

    assert understand("why?", history).reply == ""


def test_a_long_text_that_asks_nothing_is_told_to_be_none():
    text = "The station stands on a pass. " * 12

    assert understand(text).note == PASTED
    assert understand(f"{text} How high is it?").note == ""
