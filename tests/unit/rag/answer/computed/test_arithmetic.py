from dataclasses import replace
from functools import partial

import pytest
from builders_answer import chunk, hit, snow_scorer

from rag.answer.computed.arithmetic import calculate, calculates
from rag.answer.computed.extremes import extreme, has_column_for
from rag.answer.computed.table_rows import tables_of, with_whole_tables
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import understand
from rag.datamodel import Context

DEPTHS = (
    "Depths at the pass\n"
    "Year | Greatest depth | Days of snow\n"
    "1998 | 212 cm | 140\n"
    "1999 | 317 cm | 171\n"
    "2000 | 250 cm | 150\n"
    "Total | 779 cm | 461"
)
HITS = [hit(chunk("t", DEPTHS, role="table"))]


def result(question, hits=HITS):
    found = calculate(understand(question), hits, AnswerRanker(snow_scorer()))
    return found and (found.result, found.working, [o.short.text for o in found.operands])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many more days of snow were there in 1999 than in 1998?", ("31", "171 - 140")),
        (
            "By what percentage did the days of snow rise from 1998 to 1999?",
            ("22.1%", "(171 - 140) / 140"),
        ),
        ("What is the difference in days of snow between 1998 and 2000?", ("10", "150 - 140")),
    ],
)
def test_two_cells_of_a_column_are_calculated_with_the_working_shown(question, expected):
    assert result(question)[:2] == expected


def test_numbers_that_stand_by_neither_part_are_not_calculated():
    assert result("How many more days of snow were there in 2007 than in 2006?") is None
    assert result("How deep was the snow in 1999?") is None


MONTHS = (
    "The months of 2025\nMonth | Mean °C | Rain mm | Sun h\n"
    "Jan | -8.4 | 148 | 96\nMay | 1.4 | 187 | 163\nJul | 8.2 | 221 | 189"
)
CHART = "Rain and mean temperature\n" + " ".join(map(str, range(100, 400)))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much more rain fell in July than in January?", ("73 mm", "221 mm - 148 mm")),
        ("How much more rain fell in July than in January 2025?", ("73 mm", "221 mm - 148 mm")),
    ],
)
def test_rows_are_found_beside_a_chart_full_of_numbers(question, expected):
    hits = [
        hit(chunk("c", CHART, role="figure"), rank=1),
        hit(chunk("t", MONTHS, role="table"), rank=2),
    ]
    assert result(question, hits)[:2] == expected


def test_without_hits_nothing_is_calculated():
    assert result("How many more days of snow were there in 1999 than in 1998?", []) is None


@pytest.mark.parametrize(
    ("question", "label", "value"),
    [
        ("Which year had the most days of snow?", "1999", "171"),
        ("Which year had the second largest depth?", "2000", "250 cm"),
        ("Which year had the fewest days of snow?", "1998", "140"),
    ],
)
def test_the_largest_or_smallest_row_is_found_and_no_total(question, label, value):
    found = extreme(understand(question), Context(hits=tuple(HITS)))

    (row,) = found.tied
    assert (row.cells[found.label], row.cells[found.value]) == (label, value)
    assert found.rows == 3


@pytest.mark.parametrize(
    "question",
    ["Which year had the most rain?", "How deep was it at least?", "What is the most recent year?"],
)
def test_without_a_column_for_it_no_row_stands_out(question):
    assert extreme(understand(question), Context(hits=tuple(HITS))) is None


def test_rows_of_one_table_in_two_chunks_are_looked_at_together():
    head, *rows = DEPTHS.split("\n")[1:]
    first = chunk("a", "\n".join([head, *rows[:2]]), role="table")
    second = chunk("b", "\n".join([head, rows[2]]), role="table")

    context = Context(hits=(hit(second), hit(first, 2)))
    found = extreme(understand("Which year had the fewest days of snow?"), context)

    assert (found.tied[0].hit.chunk.id, found.rows) == ("a", 3)


def test_rows_of_the_same_value_stand_out_together():
    table = chunk("a", "Chip | SRAM\nA1 | 128\nB2 | 512\nC3 | 512\nD4 | 1k", role="table")
    largest, least = (
        extreme(understand(f"Which chip has the {which} SRAM?"), Context(hits=(hit(table),)))
        for which in ("most", "second most")
    )

    assert [row.cells[0] for row in largest.tied] == ["D4"]  # 1k is 1,000
    assert least is None or len(least.tied) == 1


def test_of_two_tables_that_with_rows_of_what_is_asked_for_is_taken():
    days = chunk("d", "Date | Rain\n1 May | 3\n2 May | 9\n3 May | 4", role="table")
    months = chunk("m", "Month | Rain\nMay | 30\nJune | 90\nJuly | 40", role="table")

    context = Context(hits=(hit(days), hit(months, 2)))
    found = extreme(understand("Which month had the most rain?"), context)

    assert (found.tied[0].cells[0], found.is_of_noun) == ("June", True)


def test_what_is_heaviest_is_told_by_the_weight():
    table = chunk("a", "Model | Height | Weight\nA | 3 | 12\nB | 2 | 900\nC | 9 | 40", role="table")

    found = extreme(understand("Which model is the heaviest?"), Context(hits=(hit(table),)))
    assert found.tied[0].cells[0] == "B"


def test_of_a_table_that_did_not_fit_nothing_stands_out():
    head, *rows = DEPTHS.split("\n")[1:]
    first = chunk("a", "\n".join([head, *rows[:3]]), role="table")
    second = chunk("b", "\n".join([head, rows[2]]), role="table")
    context = Context(hits=(hit(first),), dropped=(hit(second, 2),))

    assert extreme(understand("Which year had the fewest days of snow?"), context) is None


def test_the_rest_of_a_table_is_brought_where_a_largest_is_asked_for():
    head, *rows = DEPTHS.split("\n")[1:]
    first = replace(chunk("a", "\n".join([head, *rows[:2]]), role="table"), neighbours=("b", "p"))
    second = replace(chunk("b", "\n".join([head, rows[2]]), role="table"), neighbours=("c",))
    stored = {
        "b": second,
        "c": chunk("c", "\n".join([head, rows[3]]), role="table"),
        "p": chunk("p", "Snow lay deep."),
    }

    def brought(question):
        fetch = lambda ids: [stored[i] for i in ids if i in stored]  # noqa: E731  # a stub
        wants = partial(has_column_for, understand(question))
        return [h.chunk.id for h in with_whole_tables([hit(first)], fetch, wants=wants)]

    assert brought("Which year had the most days of snow?") == ["a", "b", "c"]
    assert brought("How deep was the snow in 1999?") == ["a"]


def test_a_calculation_wants_the_whole_table_that_has_a_column_for_it():
    (table,) = tables_of([hit(chunk("t", DEPTHS, role="table"))])

    def wants(question):
        return calculates(understand(question), table)

    assert wants("How many more days of snow were there in 1999 than in 1998?")
    assert not wants("How many marmots more were there in 1999 than in 1998?")
    assert not wants("How many days of snow were there in 1999?")


def test_a_column_may_be_headed_by_a_short_form():
    table = "Rain\nMonth | Precip. mm\nJan | 148\nJul | 221\nAug | 90"
    hits = [hit(chunk("r", table, role="table"))]

    assert result("How much more precipitation fell in July than in January?", hits)[:2] == (
        "73 mm",
        "221 mm - 148 mm",
    )


def test_the_result_keeps_the_scale_that_the_table_states():
    table = (
        "Takings of the huts (in millions)\nHut | 2019 | 2020\nUpper hut | 3.1 | 4.3\n"
        "Lower hut | 2.0 | 2.5"
    )
    hits = [hit(chunk("m", table, role="table"))]
    question = "How much higher were the takings of the upper hut in 2020 than in 2019?"

    assert result(question, hits)[:2] == ("1.2 million", "4.3 - 3.1")
    assert result(question.replace("much", "many millions"), hits)[0] == "1.2"


def test_a_month_is_no_answer_to_which_year():
    depths = "The months of 2025\nMonth | Snow cm\nJan | 80\nFeb | 60\nMar | 20\nApr | 5"
    context = Context(hits=(hit(chunk("t", depths, role="table")),))

    assert extreme(understand("Which month had the least snow?"), context) is not None
    assert extreme(understand("Which year had the least snow?"), context) is None
