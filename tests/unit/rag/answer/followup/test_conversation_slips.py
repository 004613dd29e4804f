import pytest

from rag.answer.followup.repair import meant, without_slips


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("What is the capital of, uh, France?", "What is the capital of, France?"),
        ("In which year, no wait, in which month did it snow?", "In which month did it snow?"),
        ("How did no rather what did the loss mean?", "What did the loss mean?"),
        ("Where do fleas sorry scientists live?", "Where do scientists live?"),
        ("What were the sales in 2020, I mean in 2021?", "What were the sales in 2021?"),
        ("What does the Nestlé, sorry, Costco report say?", "What does the Costco report say?"),
    ],
)
def test_what_was_taken_back_is_dropped(said, clean):
    assert without_slips(said) == clean


@pytest.mark.parametrize(
    "asked",
    [
        "How long should I wait before the test?",
        "Who can make that decision?",
        "Which companies reported no revenue?",
        "What does the report mean by risk?",
        "What is the correction factor?",
        "Is it heat rather than cold that it measures?",
        "What did I mean by that?",
        "What does the sorry state of the hut tell?",
    ],
)
def test_a_fluent_question_is_left_as_it_is(asked):
    assert without_slips(asked) == asked


def test_a_correction_of_the_earlier_question_is_no_slip_of_this_one():
    assert without_slips("No, I meant the Lotus.") == "No, I meant the Lotus."
    assert meant("No, I meant the Lotus.") == "the Lotus."
