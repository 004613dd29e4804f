"""Developments and comparisons that are drawn of a table of the hits."""

import pytest
from builders_answer import chunk, hit

from rag.answer.computed.drawn import drawn, draws
from rag.answer.computed.table_rows import tables_of
from rag.answer.computed.trends import told_trend
from rag.answer.question.question import understand
from rag.datamodel import Context

MONTHS = """Month | Mean °C | Lowest °C | Precipitation mm | Sunshine h | Snow depth cm
Jan | -8.4 | -21.7 | 148 | 96 | 214
Feb | -9.1 | -20.8 | 121 | 118 | 268
Mar | -6.2 | -18.3 | 176 | 141 | 331
Year | -0.7 | -21.7 | 445 | 355 | """
SPENDING = """Item | 2025 actual EUR | 2026 plan EUR
Staff | 218400 | 226900
Energy | 41750 | 46300
Roof | 0 | 64000
Total | 260150 | 337200"""
SALES = """Item | 2021 | 2022 | 2023
Net sales | 195 | 222 | 242
Operating income | 6.7 | 7.8 | 8.1"""
WINTERS = """Figure 3: Snow depth at the end of the month, three winters.
Category | 2022/23 | 2023/24
Oct | 31 | 22
Nov | 74 | 61
Dec | 118 | 139"""


def found(question, *texts, headings=()):
    hits = [
        hit(chunk(f"t{n}", text, role="table", source=f"{n}.csv", headings=headings), n)
        for n, text in enumerate(texts, start=1)
    ]
    return drawn(understand(question), Context(hits=tuple(hits)))


def seen(question, *texts, headings=()):
    one = found(question, *texts, headings=headings)
    if one is None:
        return None
    names = [one.table.columns[n].name for n in one.plan.columns]
    return one.plan.kind, names, [one.table.text(row, 0) for row in one.plan.rows]


@pytest.mark.parametrize(
    ("question", "text", "what"),
    [
        (
            "How did the snow depth develop?",
            MONTHS,
            ("line", ["Snow depth cm"], ["Jan", "Feb", "Mar"]),
        ),
        (
            "Wie hat sich die Schneehöhe entwickelt?",
            MONTHS,
            ("line", ["Snow depth cm"], ["Jan", "Feb", "Mar"]),
        ),
        ("monthly snow depth", MONTHS, ("line", ["Snow depth cm"], ["Jan", "Feb", "Mar"])),
        ("sunshine hours per month", MONTHS, ("line", ["Sunshine h"], ["Jan", "Feb", "Mar"])),
        (
            "how has the temperature changed over the year?",
            MONTHS,
            ("line", ["Mean °C", "Lowest °C"], ["Jan", "Feb", "Mar"]),
        ),
        ("how have net sales developed?", SALES, ("line", ["2021", "2022", "2023"], ["Net sales"])),
        (
            "compare the precipitation of January and March",
            MONTHS,
            ("bars", ["Precipitation mm"], ["Jan", "Mar"]),
        ),
        (
            "compare 2025 actual and 2026 plan",
            SPENDING,
            ("bars", ["2025 actual EUR", "2026 plan EUR"], ["Staff", "Energy", "Roof"]),
        ),
        (
            "compare the snow depth of the three winters",
            WINTERS,
            ("line", ["2022/23", "2023/24"], ["Oct", "Nov", "Dec"]),
        ),
    ],
)
def test_what_is_asked_for_is_drawn(question, text, what):
    assert seen(question, text) == what


@pytest.mark.parametrize(
    "question",
    [
        "How deep was the snow in January?",
        "How did the marmots develop?",
        "How did the snow depth at Bern develop?",
        "compare January and March",
        "What does a membership cost per year?",
        "Как изменилась глубина снега?",
    ],
)
def test_what_is_not_asked_for_or_not_in_the_table_is_not_drawn(question):
    assert seen(question, MONTHS) is None


def test_of_several_tables_that_is_drawn_whose_title_says_no_more():
    days = "date | snow_depth_cm\n2025-02-01 | 220\n2025-02-02 | 225\n2025-02-03 | 224"
    hits = (
        hit(chunk("days", days, role="table", headings=("February 2025 daily",), source="d"), 1),
        hit(chunk("months", MONTHS, role="table", headings=("Months 2025",), source="m"), 2),
    )
    one = drawn(understand("how did the snow depth develop in 2025?"), Context(hits=hits))

    assert one is not None
    assert one.table.title == "Months 2025"


def test_a_development_is_told_from_where_to_where_with_its_rows():
    one = found("How did the snow depth develop?", MONTHS, headings=("Months",))

    assert told_trend(one, understand("How did the snow depth develop?")) == (
        "Snow depth cm: 214 (Jan) to 331 (Mar); most 331 (Mar), least 214 (Jan)."
        " Read from “Months”:\n- Jan — Snow depth cm: 214 [1]\n- Feb — Snow depth cm: 268 [1]\n"
        "- Mar — Snow depth cm: 331 [1]"
    )


def test_a_table_that_is_drawn_is_wanted_whole():
    (months,) = tables_of([hit(chunk("t", MONTHS, role="table"))])

    assert draws(understand("monthly snow depth"), months)
    assert not draws(understand("How deep was the snow?"), months)
