"""Plans that are, by the words of the question, not what is asked."""

from __future__ import annotations

import pytest

from rag.answer.evidence.other_plans import as_asked, is_mistaken, says_something
from rag.answer.question.question import understand
from rag.tables.engine import PlanOutcome
from rag.tables.plan import Order, Rows, TablePlan
from rag.tables.planner import Planned
from rag.tables.table import table_of

VISITS = table_of(
    ["Day", "Guests"],
    [["3 Jan 2025", "12"], ["23 Oct 2025", "31"], ["9 Aug 2025", "25"]],
)


def _picked_by(column: int, *, largest: bool = True) -> Rows:
    return Rows(order=Order(column=column, reading="number", largest=largest))


def _selected(rows: Rows) -> TablePlan:
    return TablePlan(operation="select", columns=(0,), rows=rows)


@pytest.mark.parametrize("question", ["Which was the coldest day?", "wettest day of 2025"])
def test_no_day_is_the_coldest_by_its_date(question: str) -> None:
    assert is_mistaken(_picked_by(0), understand(question), VISITS)


@pytest.mark.parametrize("question", ["What is the latest day?", "youngest entry", "last visit"])
def test_a_day_may_be_the_last_by_its_date(question: str) -> None:
    assert not is_mistaken(_picked_by(0), understand(question), VISITS)


def test_the_coldest_day_may_be_picked_by_an_amount() -> None:
    assert not is_mistaken(_picked_by(1), understand("Which was the coldest day?"), VISITS)


@pytest.mark.parametrize(
    ("question", "is_other"),
    [
        ("Which day had the fewest guests?", True),
        ("Which day had the most guests?", False),
        ("days with at least 20 guests", False),
    ],
)
def test_the_least_is_not_picked_by_the_most(question: str, *, is_other: bool) -> None:
    assert is_mistaken(_picked_by(1), understand(question), VISITS) is is_other


TRADES = table_of(
    ["Trade", "2023", "Growth %"],
    [["Bakers", "120", "-3.1"], ["Smiths", "80", "4.0"], ["Coopers", "15", "-9.5"]],
)


@pytest.mark.parametrize(
    ("question", "largest"),
    [
        ("Which trade grew fastest?", True),
        ("trade with the biggest increase in 2023", True),
        ("Which trade shrank the most?", False),
        ("trade that lost the largest share of its people since 2023", False),
    ],
)
def test_what_changed_most_is_picked_by_the_column_of_changes(question, largest) -> None:
    asked = understand(question)

    assert not is_mistaken(_picked_by(2, largest=largest), asked, TRADES)
    assert is_mistaken(_picked_by(2, largest=not largest), asked, TRADES)
    assert is_mistaken(_picked_by(1, largest=largest), asked, TRADES)
    assert is_mistaken(_picked_by(1, largest=largest), asked, VISITS)


def test_who_lost_the_most_of_something_is_picked_by_its_column() -> None:
    asked = understand("Which day lost the most guests?")

    assert not is_mistaken(_picked_by(1), asked, VISITS)


@pytest.mark.parametrize(
    ("texts", "says"), [(("**",), False), (("", "—"), False), (("**", "A. Rood"), True), ((), True)]
)
def test_a_mark_alone_says_nothing(texts: tuple[str, ...], *, says: bool) -> None:
    one = Planned(plan=_picked_by(1), outcome=PlanOutcome(texts=texts), chance=0.9)

    assert says_something(one) is says


def test_the_oldest_is_picked_by_the_age_where_ages_are_told() -> None:
    graves = table_of(
        ["Name", "Buried", "Age"],
        [["Mary Lynch", "16 Jan 1966", "93"], ["Ann Tobin", "14 Nov 2013", "86"]],
    )
    asked = understand("Who was the oldest person that was buried here?")

    assert is_mistaken(_picked_by(1), asked, graves)
    assert is_mistaken(_picked_by(2, largest=False), asked, graves)
    assert not is_mistaken(_picked_by(2), asked, graves)


def test_what_is_measured_may_be_picked_by_any_column_where_none_is_called_so() -> None:
    asked = understand("Which was the busiest day?")

    assert not is_mistaken(_picked_by(1), asked, VISITS)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [("earliest visit", True, False), ("What was the most recent visit?", False, True)],
)
def test_the_earliest_and_the_latest_are_picked_by_a_day(question, first, last) -> None:
    asked = understand(question)

    assert as_asked(asked, VISITS)(_selected(_picked_by(0, largest=False))) is first
    assert as_asked(asked, VISITS)(_selected(_picked_by(0))) is last
    assert not as_asked(asked, VISITS)(_selected(_picked_by(1)))


def test_the_most_common_is_counted() -> None:
    asked = understand("most common number of guests")
    plan = TablePlan(operation="most common", columns=(1,), rows=Rows())

    assert as_asked(asked, VISITS)(plan)
    assert not as_asked(asked, VISITS)(_selected(_picked_by(1)))
    assert not as_asked(asked, VISITS)(_selected(_picked_by(0, largest=False)))


def test_no_largest_is_picked_by_a_number_in_a_name() -> None:
    parts = table_of(
        ["Part", "Quantity"],
        [["DIN7991 countersunk screw", "2"], ["M4 rivet nut of steel", "14"]],
    )
    asked = understand("Which part is needed with the most quantity per part?")

    assert not as_asked(asked, parts)(_selected(_picked_by(0)))
    assert as_asked(asked, parts)(_selected(_picked_by(1)))
