import pytest

from rag.answer.followup.mentions import subject


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("what does a guided visit cost", "a guided visit"),
        ("When does the cable car run?", "the cable car"),
        ("Where did snowboarding begin?", "snowboarding"),
    ],
)
def test_what_a_question_is_about_is_told_without_its_verb(question, thing):
    assert subject(question) == thing
