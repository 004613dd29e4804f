"""What speaks for a short answer by itself."""

import pytest

from rag.answer.question.question import understand
from rag.answer.trust.short_chance import SHORT, short_signs


def chance(bold="612 cm", *, asked="How deep was the snow?", right=0.7):
    return SHORT.chance_of(short_signs(bold, understand(asked), right))


def test_more_of_a_sentence_is_likelier_to_tell_the_answer():
    assert chance("the snow lay 612 cm deep") > chance()


def test_what_is_surer_all_in_all_is_surer_by_itself():
    assert chance(right=0.9) > chance(right=0.5)


def test_a_largest_or_smallest_is_less_likely_told_by_few_words():
    assert chance(asked="Which month had the most snow?") < chance(asked="Which month was it?")


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_a_chance_without_a_logit_is_bounded(right):
    assert 0 < chance(right=right) < 1
