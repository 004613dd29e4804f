"""What may stand in bold, of short answers in given sentences."""

import pytest
from builders_answer import chunk, hit

from rag.answer.compose.bold import may_be_bold
from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import understand


def found(text, short, form="read"):
    evidence = Evidence(hit=hit(chunk("w", text)), start=0, end=len(text))
    at = text.index(short)
    told = Short(evidence=evidence, start=at, end=at + len(short), form=form)
    return FoundAnswer(evidence=evidence, short=told, chance=0.9)


@pytest.mark.parametrize(
    ("question", "told", "may"),
    [
        ("What can children do in winter?", "Small children cannot be admitted.", False),
        ("What can children do in winter?", "Small children are always admitted.", True),
        ("What can children never do?", "Small children are never admitted.", True),
    ],
)
def test_what_is_denied_is_never_bold(question, told, may):
    assert may_be_bold(found(told, "admitted"), understand(question)) is may


def test_a_number_is_denied_by_nothing():
    told = "Not more than ten plants can be registered."

    assert may_be_bold(found(told, "ten", form="number"), understand("How many plants?"))
