"""What is typed and is no question, and several questions at once."""

import pytest

from rag.answer.question.compound import parted
from rag.answer.question.odd_input import GREETING, NO_WORDS, ONE_LETTER, SORRY, reply_to


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("?!...", NO_WORDS),
        ("— * —", NO_WORDS),
        ("a", ONE_LETTER),
        ("x?", ONE_LETTER),
        ("Hello", GREETING),
        ("hi, good morning!", GREETING),
        ("thanks a lot", GREETING),
        ("you are stupid", SORRY),
        ("This is completely useless!!", SORRY),
        ("you're an idiot", SORRY),
    ],
)
def test_what_is_no_question_gets_a_sentence_that_helps_on(text, reply):
    assert reply_to(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "How deep was the snow?",
        "budget",
        "W1",
        "雪",
        "What is the wrong number in the report?",
        "hello world program",
        "who was thanked",
        "rubbish collection times",
    ],
)
def test_a_question_or_key_words_get_none(text):
    assert reply_to(text) == ""


def test_several_questions_are_parted():
    several = "What does the visit cost? Who was the first observer? When was the hut built?"

    assert parted(several) == (
        "What does the visit cost?",
        "Who was the first observer?",
        "When was the hut built?",
    )
    assert parted("- What does the bell weigh?\n- Is the path closed in May?") == (
        "What does the bell weigh?",
        "Is the path closed in May?",
    )


def test_what_points_back_is_no_question_of_its_own():
    text = "Who was the first observer? When did he come to the hut?"

    assert parted(text) == (text,)


def test_at_most_six_are_answered():
    text = " ".join(f"What is the height of hut {n}?" for n in range(9))

    assert len(parted(text)) == 6
