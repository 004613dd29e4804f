"""What a question sets against each other, and what it asks of each."""

import pytest

from rag.understanding.question.comparisons import comparison, parted


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Compare January and July", ("January", "July")),
        (
            "Who has more staff, the hut or the station?",
            ("how much staff, hut", "how much staff, station"),
        ),
        (
            "Which had higher costs: Oslo (May, 2021) or Bergen in 2023, and by how much?",
            ("costs: Oslo (May, 2021)", "costs: Bergen in 2023"),
        ),
        (
            "how do the hut and the station differ in height?",
            ("hut in height", "station in height"),
        ),
        ("is the bus cheaper than the train?", ("bus cheaper", "train cheaper")),
    ],
)
def test_what_is_asked_of_each_side_is_told(question, parts):
    found = comparison(question)

    assert found is not None
    assert tuple(part.replace(" ,", ",") for part in found) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who keeps the hut and the path?",
        "How many people are older than 60?",
        "How did exports compare to the year before?",
        "Is it colder than usual?",
        "What share rated it excellent or good in July, under Bush?",
    ],
)
def test_what_sets_no_thing_against_another_compares_nothing(question):
    assert comparison(question) is None


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
