import pytest

from rag.answer.question.from_to import is_other_end

DOSE = "Increase Lisinopril from 10 mg to 20 mg once daily."


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("To what dose was it increased?", "10 mg", True),
        ("To what dose was it increased?", "20 mg", False),
        ("What was the dose raised to?", "10 mg", True),
        ("From what dose was it increased?", "20 mg", True),
        ("From what dose was it increased?", "10 mg", False),
        ("What is the dose?", "10 mg", False),
        ("What is the dose?", "20 mg", False),
    ],
)
def test_the_end_that_is_not_asked_for_is_told(question, answer, other):
    start = DOSE.index(answer)

    assert is_other_end(question, DOSE, start, start + len(answer)) == other


def test_without_a_change_nothing_is_another_end():
    text = "The train comes from Linz and goes on."

    assert not is_other_end("To which town does it go?", text, 21, 25)
