import pytest

from rag.answer.question.compound import parted


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
    ],
)
def test_two_questions_in_one_are_told_apart(question, parts):
    assert parted(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How deep was the snow in March and April?",
        "Which bill was higher, and by how much?",
        "The sun and what else?",
        "How many nights did Ada spend there, and how many did the others?",
    ],
)
def test_one_question_stays_one(question):
    assert parted(question) == (question,)
