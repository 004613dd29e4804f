"""What must hold of totals, whatever the table holds."""

from hypothesis import assume, given
from hypothesis import strategies as st

from rag.table_qa.planner.engine import PlanEngine
from rag.table_qa.planner.table import Order, Rows, TablePlan, table_of

WORDS = ("Total", "Summe", "Insgesamt", "Somme", "Suma", "Totale", "Soma", "Totaal")
amounts = st.lists(st.integers(1, 10**6), min_size=2, max_size=12)
PLANS = [
    *(TablePlan(does, (1,), Rows()) for does in ("sum", "mean", "min", "max", "range")),
    TablePlan("count", (), Rows()),
    TablePlan("distinct", (0,), Rows()),
    *(
        TablePlan("select", (0,), Rows(order=Order(1, "number", largest=up)))
        for up in (True, False)
    ),
]


@given(amounts, st.sampled_from(WORDS), st.booleans())
def test_a_total_changes_nothing_that_is_worked_out(numbers, word, is_first):
    parts = [[f"Item {n}", str(number)] for n, number in enumerate(numbers)]
    total = [word, str(sum(numbers))]
    plain = table_of(["Item", "Amount"], parts, language="en")
    summed = [total, *parts] if is_first else [*parts, total]
    assume(not plain.left_out)
    with_total = table_of(["Item", "Amount"], summed, language="en")

    for plan in PLANS:
        one, other = PlanEngine(plain).run(plan), PlanEngine(with_total).run(plan)
        assert one.texts == other.texts
