"""The fit of how likely words in bold are right."""

from rag.answer.trust.short_chance import ShortSigns
from training.answers.short_answers import ShortRow, fitted, reached, report


def row(*, right, sure=0.0, has_answer=True):
    signs = ShortSigns(right=sure, words=1.0, picks=0.0)
    return ShortRow(signs=signs, right=right, has_answer=has_answer)


SURE = [row(right=right, sure=2.0) for right in (True, True, True, True, False)]
UNSURE = [row(right=right, sure=-2.0) for right in (False, False, False, False, True)]


def test_what_is_right_more_often_is_told_surer():
    weights = fitted([*SURE, *UNSURE])

    assert weights.chance_of(SURE[0].signs) > 0.6
    assert weights.chance_of(UNSURE[0].signs) < 0.4


def test_what_has_no_answer_is_not_counted_as_shown():
    judged = [(0.9, SURE[0]), (0.9, row(right=False, sure=2.0, has_answer=False)), (0.1, UNSURE[0])]

    assert reached(judged, 4).startswith("from 0.6 25.0 %, right 100;")


def test_each_set_is_told_by_the_others_and_the_weights_by_all():
    *sets, all_, auroc, weights = report([[*SURE, *UNSURE], [*SURE, *UNSURE]], [10, 10])

    assert [line[:6] for line in sets] == ["set 1:", "set 2:"]
    assert "from 0.5 50.0 %, right 80" in all_
    assert auroc.startswith("AUROC 0.")
    assert weights.startswith("SHORT: Final = Signs(\n    intercept=")
