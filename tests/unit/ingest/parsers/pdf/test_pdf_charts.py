"""Charts of a PDF as tables: beside their figure, with what they were read from."""

from pathlib import Path

import pytest
from builders_pdf import Page, parse_pdf, pdf_bytes

REPORT = Path(__file__).parents[5] / "demo" / "documents" / "annual-report-2025.pdf"
HEIGHTS = (60, 110, 85, 130, 40)


def charts_of(document):
    """The tables read off charts, each with the element before it and its caption."""
    e = document.elements
    return [
        (e[n - 1], e[n], e[n + 1])
        for n in range(1, len(e) - 1)
        if e[n].role == "chart" and "Read off" in e[n + 1].text
    ]


def drawn(page, *, top=200, labels=("0", "50", "100", "150")):
    """A bar chart of five bars whose axis stands at their left: a point is a unit."""
    base = top + 160
    page.rule(100, base, 400, base)
    for n, text in enumerate(labels):
        page.text(90 - 5 * len(text), base - 50 * n - 5, text, size=8)
    for n, high in enumerate(HEIGHTS):
        page.box(120 + 50 * n, base - high, 24, high, grey=0.3)
        page.text(124 + 50 * n, base + 6, "pqrst"[n], size=8)
    return page


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return parse_pdf(tmp_path_factory.mktemp("report"), REPORT.read_bytes())


def test_a_drawn_chart_is_a_table_beside_its_figure(tmp_path):
    page = drawn(Page()).text(100, 400, "Figure 1: Rain by district.")
    document = parse_pdf(tmp_path, pdf_bytes(page))
    ((before, table, note),) = charts_of(document)

    assert [e.kind for e in document.elements if e.role in {"figure", "chart"}] == ["bar chart"] * 2
    rows = [line.split(" | ") for line in table.text.split("\n")]
    assert [row[0] for row in rows] == ["Category", *"pqrst"]
    assert [float(row[1]) for row in rows[1:]] == pytest.approx(HEIGHTS, abs=2)
    assert before.text == "Figure 1: Rain by district."
    assert note.text.startswith(
        "Figure 1: Rain by district. (Read off the bar chart: values within"
    )


def test_a_chart_that_cannot_be_trusted_is_no_table(tmp_path):
    page = drawn(Page(), labels=("7", "95", "12", "60"))
    document = parse_pdf(tmp_path, pdf_bytes(page))

    assert charts_of(document) == []
    assert [e.kind for e in document.elements if e.role == "figure"] == [""]


def test_the_charts_of_the_demo_are_read(report):
    tables = {table.page: table.text.split("\n") for _, table, _ in charts_of(report)}

    assert tables[3][1:3] == ["Jan | 148", "Feb | 121"]
    assert tables[4][0] == "Month | 2022/23 | 2023/24 | 2024/25"
    assert tables[4][6] == "Mar | 251.0 | 318.0 | 331.0"
    assert tables[6][2] == "Energy and heating | 41,750 | 46,300"
