"""What a question sets against each other, and what it asks of each."""

import pytest

from rag.answer.question.comparisons import comparison


@pytest.mark.parametrize(
    ("question", "sides", "parts"),
    [
        ("Compare January and July", ("January", "July"), ("January", "July")),
        (
            "Who has more staff, the hut or the station?",
            ("hut", "station"),
            ("how much staff, hut", "how much staff, station"),
        ),
        (
            "Which had higher costs: Oslo (May, 2021) or Bergen in 2023, and by how much?",
            ("Oslo (May, 2021)", "Bergen in 2023"),
            ("costs: Oslo (May, 2021)", "costs: Bergen in 2023"),
        ),
        (
            "how do the hut and the station differ in height?",
            ("hut", "station"),
            ("hut in height", "station in height"),
        ),
        ("is the bus cheaper than the train?", ("bus", "train"), ("bus cheaper", "train cheaper")),
    ],
)
def test_both_sides_are_told_and_what_is_asked_of_each(question, sides, parts):
    found = comparison(question)

    assert found is not None
    assert (found.sides, tuple(part.replace(" ,", ",") for part in found.parts)) == (sides, parts)


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
