import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.question.question_kind import KINDS, kinds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why did the bakery close its shop in Leith?", "why"),
        ("Who was the first chairman of the rowing club?", "lookup"),
        ("What is the difference between the old and the new tariff?", "compare"),
        ("can I bring my hamster?", "advice"),
        ("quarry bus timetable sunday", "keywords"),
    ],
)
def test_words_alone_tell_the_kind_of_plain_questions(question, kind):
    chances = kinds(question)

    assert max(chances, key=chances.__getitem__) == kind


@given(question=st.text(max_size=60))
def test_any_text_has_a_chance_of_each_kind(question):
    chances = kinds(question)

    assert tuple(chances) == KINDS
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
    assert min(chances.values()) >= 0
