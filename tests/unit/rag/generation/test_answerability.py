from hypothesis import given
from hypothesis import strategies as st

from rag.answer.trust.confidence import Verdict
from rag.generation.answerability import judge
from rag.generation.draft import Draft, Sentence
from rag.generation.verification import CheckedDraft

chances = st.floats(0, 1)
SAID = (Sentence(text="So it is."),)


def judged(held, right, *, said=SAID, refused=False):
    checked = CheckedDraft(sentences=said, draft=Draft(refused=refused))
    return judge(Verdict(held=held, right=right), checked)


@given(chances, chances)
def test_what_speaks_for_an_answer_never_speaks_against_it(held, right):
    before = judged(held, right).confidence
    assert 0 <= before <= 1
    assert judged(held, min(1, right + 0.1)).confidence >= before
    assert judged(held, right, said=(), refused=True).confidence < before


def test_where_no_sentence_stands_the_quotation_speaks_alone():
    assert judged(0.99, 0.2, said=()).state == "partial"
    assert judged(0.2, 0.99, said=()).state == "answered"
