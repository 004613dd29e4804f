"""A sentence that gives minutes for a price, or no amount at all, is seen."""

import pytest

from rag.generation.measures import is_other_measure


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how much is the ticket for the cable car?", "The ticket is **9 minutes**."),
        ("what does the heater cost to run", "The heater costs 60 W."),
        ("how many people work there", "The firm has 135 years of history."),
        ("how heavy is it", "It is extremely powerful."),
    ],
)
def test_an_amount_of_another_measure_is_seen(question, said):
    assert is_other_measure(said, question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how much is the ticket", "The ticket costs 16 euros and is valid for 3 hours."),
        ("what does it cost", "It costs $16, or 12 a day for groups of 10."),
        ("how many years did it take", "It took 12 years."),
        ("how many teens have a phone", "88% of them have one."),
        ("how long is the ride", "The ride takes nine minutes."),
        ("why is it closed", "Works are going on."),
    ],
)
def test_one_of_the_measure_that_is_asked_for_is_not(question, said):
    assert not is_other_measure(said, question)
