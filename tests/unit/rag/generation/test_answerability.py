from hypothesis import given
from hypothesis import strategies as st

from rag.answer.trust.confidence import Verdict
from rag.generation.answerability import judge
from rag.generation.draft import Draft, Sentence
from rag.generation.verification import CheckedDraft

chances = st.floats(0, 1)


def judged(held, right, logprob, *, said=True):
    sentences = (Sentence(text="So it is."),) if said else ()
    checked = CheckedDraft(sentences=sentences, draft=Draft(mean_logprob=logprob))
    return judge(Verdict(held=held, right=right), checked)


@given(chances, chances, st.floats(-5, 0))
def test_the_confidence_is_a_chance(held, right, logprob):
    assert 0 <= judged(held, right, logprob).confidence <= 1


@given(chances, chances, st.floats(-5, -0.1))
def test_what_speaks_for_an_answer_never_speaks_against_it(held, right, logprob):
    before = judged(held, right, logprob).confidence
    assert judged(min(1, held + 0.1), right, logprob).confidence >= before
    assert judged(held, min(1, right + 0.1), logprob).confidence >= before
    assert judged(held, right, logprob + 0.1).confidence >= before


def test_where_no_sentence_stands_the_quotation_speaks_alone():
    assert judged(0.99, 0.2, -0.01, said=False).state == "partial"
    assert judged(0.2, 0.99, -5.0, said=False).state == "answered"


def test_what_is_unlikely_is_no_answer():
    assert judged(0.99, 0.99, -0.01).state == "answered"
    assert judged(0.01, 0.01, -1.0).state == "partial"
