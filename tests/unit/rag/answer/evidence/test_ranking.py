import pytest
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit, snow_scorer

from rag.answer.base.tables import column_names
from rag.answer.evidence.agreement import numbers_of, says_same
from rag.answer.evidence.other_dates import is_of_other_date
from rag.answer.evidence.ranking import AnswerRanker, fitted_weights
from rag.answer.question.question import understand

HITS = [hit(chunk("w", WINTER)), hit(chunk("t", DEPTHS, role="table"), rank=2)]


def ranked(question, hits=HITS):
    return AnswerRanker(snow_scorer()).find(understand(question), hits)


def test_the_cell_where_row_and_column_meet_answers():
    best, *_ = ranked("How many days of snow were there in 1998?")

    assert best.short.text == "140"


def test_chances_fall_and_sum_to_at_most_one():
    found = ranked("How deep was the snow in March 1999?")

    chances = [f.chance for f in found]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=0.01)


COSTS = "Item | 2025 EUR | Path\nInstruments and calibration | 27860 | 14\nStaff | 218400 | 9"


@pytest.mark.parametrize(
    ("question", "is_there"),
    [
        ("Which instrument is calibrated next?", False),
        ("Which path is nearest to the instruments?", True),
        ("How many euros is the calibration of instruments?", True),
    ],
)
def test_a_bare_number_of_something_else_is_no_answer_to_which(question, is_there):
    found = ranked(question, [hit(chunk("t", COSTS, role="table"))])

    numbers = {one.short.text for one in found if one.short} & {"27860", "14", "218400", "9"}
    assert bool(numbers) == is_there


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What was the wettest day in February?", {"11 Feb"}),
        ("What was the wettest day?", {"6 Jul", "11 Feb"}),
        ("Which day was wetter than any in February?", {"6 Jul", "11 Feb"}),
        ("Was it wetter in February or in March?", {"6 Jul", "11 Feb"}),
    ],
)
def test_a_row_of_another_month_holds_no_answer(question, days):
    asked = understand(question)

    assert {day for day in ("6 Jul", "11 Feb") if not is_of_other_date(f"{day} | Rain", asked)} == (
        days
    )


def test_the_hit_is_the_one_that_was_given_last():
    ranker = AnswerRanker(snow_scorer())
    asked = understand("How deep?")
    ranker.find(asked, HITS)
    renumbered = [hit(HITS[0].chunk, rank=5), HITS[1]]

    assert {f.evidence.hit.rank for f in ranker.find(asked, renumbered)} == {5, 2}


def test_no_hits_hold_no_answer():
    assert ranked("How deep?", []) == []


def test_words_alone_are_ranked_too():
    assert ranked("Who eats grass?", [hit(chunk("m", MARMOTS))])


def test_the_shipped_weights_are_numbers():
    assert all(isinstance(weight, float) for weight in fitted_weights().values())


def test_equal_numbers_say_the_same_with_equal_units_only():
    three = [
        ranked("How deep?", [hit(chunk("x", text))])[0]
        for text in ("It was 1,419 cm deep.", "The depth was 1419 cm.", "The depth was 1419 km.")
    ]

    assert says_same(three[0], three[1])
    assert not says_same(three[0], three[2])
    assert numbers_of("1,419 cm") == ("1419",)


def test_headings_over_several_rows_are_joined():
    text = " | Payments due |  | Other\n | 2020 | 2021 | 2021\nDebt | 5 | 6 | 7"

    names = column_names(chunk("t", text, role="table"))

    assert names == ("", "Payments due 2020", "Payments due 2021", "Other 2021")


def test_a_row_of_values_is_no_heading():
    assert column_names(chunk("t", "Total: | 12.00\nCash: | 20.00", role="table")) == ()
