from dataclasses import replace
from functools import partial

import pytest
from builders_answer import chunk, hit, snow_scorer

from rag.answer.computed.arithmetic import calculate, calculates
from rag.answer.computed.planned import wants_whole
from rag.answer.computed.table_rows import tables_of, with_whole_tables
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import understand

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


def test_watts_and_per_cent_have_no_difference():
    told = "The heated anemometer draws 60 W.\nThe unheated anemometer missed 36 per cent."

    asked = "What is the difference between the heated and the unheated anemometer?"

    assert result(asked, [hit(chunk("a", told))]) is None
    same = told.replace("60 W", "4 per cent")
    assert result(asked, [hit(chunk("a", same))])[1] == "36% - 4%"


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
        wants = partial(wants_whole, understand(question))
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
