import pytest

from rag.answer.followup.written_form import carefully_written
from rag.answer.question.question import understand


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("how warm was it in may", "how warm was it in May?"),
        ("what happened on 3 mar and on the 2nd may", "what happened on 3 Mar and on the 2nd May?"),
        ("what is the apr of a loan", "what is the apr of a loan?"),
        ("who may march and who may not", "who may march and who may not?"),
        ("is it open in winter ", "is it open in winter?"),
        ("", ""),
    ],
)
def test_months_get_their_capital_and_questions_their_mark(typed, written):
    assert carefully_written(typed) == written


def test_what_is_asked_without_a_mark_is_found_as_with_one():
    assert understand("how deep is the well").text == understand("how deep is the well?").text
    assert understand("what is it").reply == understand("what is it?").reply != ""
