"""Questions that ask several things at once."""

import pytest

from rag.understanding.question.several import parted


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who wrote the letter, and what is her job title?",
            ("Who wrote the letter?", "What is her job title?"),
        ),
        (
            "Which hut is the highest and in which year was it built?",
            ("Which hut is the highest?", "In which year was it built?"),
        ),
        (
            "What does the visit cost? Who was the first observer? When was the hut built?",
            (
                "What does the visit cost?",
                "Who was the first observer?",
                "When was the hut built?",
            ),
        ),
        (
            "- What does the bell weigh?\n- Is the path closed in May?",
            ("What does the bell weigh?", "Is the path closed in May?"),
        ),
        (
            "how high is it\nwho is the head\nwhat do visits cost",
            ("how high is it", "who is the head", "what do visits cost"),
        ),
    ],
)
def test_several_questions_in_one_are_told_apart(question, parts):
    assert parted(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How deep was the snow in March and April?",
        "Which bill was higher, and by how much?",
        "The sun and what else?",
        "Who was the first observer? When did he come to the hut?",
        "How many nights did Ada spend there, and how many did the others?",
    ],
)
def test_one_question_stays_one(question):
    assert parted(question) == (question,)
