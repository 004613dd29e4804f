"""Whatever is asked and whatever is nearest: only doubtful words change, and each is told."""

from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import NO_FILTERS
from rag.retrieval.spelling import MOST_DOUBTED, Meant, doubtful, mended

QUESTIONS = st.text(max_size=80) | st.lists(
    st.sampled_from("temprature Jully vist 7 A4-vist WIND the “vist” wnid's snow depth ?".split())
).map(" ".join)


def nothing(_words, /, *, filters):
    del filters
    return {}


@given(QUESTIONS)
def test_a_question_whose_words_are_all_known_is_as_it_was(question):
    assert doubtful(question, lambda _: True) == {}
    assert mended(question, NO_FILTERS, nearest=nothing, is_word=lambda _: False) == Meant(
        text=question
    )


@given(QUESTIONS)
def test_each_changed_word_is_told_and_all_else_stays(question):
    def nearest(words, /, *, filters):
        del filters
        return dict.fromkeys(words, "\\1 zzz")

    doubted = doubtful(question, lambda _: False)
    meant = mended(question, NO_FILTERS, nearest=nearest, is_word=lambda _: False)

    if not 0 < len(doubted) <= MOST_DOUBTED:
        assert meant == Meant(text=question)
        return
    assert 0 < len(meant.notes) <= len(doubted)
    rest = meant.text.replace("\\1 zzz", "")
    assert {c for c in rest if not c.isalpha()} <= set(question)


@given(QUESTIONS)
def test_numbers_codes_and_capitals_are_never_doubted(question):
    for word in doubtful(question, lambda _: False):
        assert word[1:].islower()
        assert word.isalpha()
