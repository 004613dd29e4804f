"""Where tables begin and end: headers take no values, tables take no prose."""

from pathlib import Path

import pytest
from builders_pdf import parse_pdf, piece, right_piece

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.tables.tables import find_ruled, find_tables

FRAME = Frame(left=0, bottom=0, right=600, top=800)
REPORT = Path(__file__).parents[6] / "demo" / "documents" / "annual-report-2025.pdf"
PROSE = "a line of running text that goes from one side of the column to the other side of it"


def texts(tables):
    return [table.element(page=1, frame=FRAME).text.split("\n") for table in tables]


def rows(*lines, xs, top=100):
    return [
        piece(text, x, top + 14 * n)
        for n, line in enumerate(lines)
        for x, text in zip(xs, line, strict=False)
        if text
    ]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return parse_pdf(tmp_path_factory.mktemp("report"), REPORT.read_bytes())


def tables_on(report, page):
    found = [e for e in report.elements if e.role == "table" and e.page == page]
    return [e.text.split("\n") for e in found]


def ruled(*ys):
    return Drawings(horizontal=[(50, y, 550, y + 0.5) for y in ys])


def test_prose_and_captions_between_rules_belong_to_no_table():
    cells = [(c, str(n)) for n, c in enumerate("abc")]
    pieces = rows(("Name", "Size"), *cells, xs=(60, 300), top=102)
    pieces += [piece(PROSE, 50, 180 + 12 * n) for n in range(3)]
    pieces += [piece("Table 2: The others.", 50, 220)]
    pieces += rows(("Other", "Size"), *cells, xs=(60, 300), top=242)
    tables = find_ruled(ruled(100, 160, 240, 300), pieces, width_pt=600)

    assert texts(tables) == [
        ["Name | Size", "a | 0", "b | 1", "c | 2"],
        ["Other | Size", "a | 0", "b | 1", "c | 2"],
    ]


def test_prose_left_of_rows_of_numbers_is_no_column_of_theirs():
    prose = "they hold that the economy has become, much worse than it was in last year".split(",")
    pieces = [piece(prose[n % 2].strip(), 50, 103 + 14 * n) for n in range(8)]
    pieces += [
        piece("Group", 300, 100),
        right_piece("2023", 420, 100),
        right_piece("2022", 480, 100),
    ]
    for n in range(1, 7):
        pieces += [piece(f"part {n}", 300, 100 + 14 * n)]
        pieces += [right_piece(f"{n}5", x, 100 + 14 * n) for x in (420, 480)]
    (table,) = find_tables(pieces, [])

    assert texts([table])[0][:2] == ["Group | 2023 | 2022", "part 1 | 15 | 15"]
    assert pieces[0] not in table.pieces


def test_the_key_figures_of_the_demo_report_stand_one_in_a_row(report):
    (table,) = tables_on(report, 2)

    assert table[:2] == [
        "Key figure | 2025 | Normal 1991-2020",
        "Mean temperature | -0.7 °C | -1.9 °C",
    ]
    assert len(table) == 10


def test_a_page_with_two_tables_and_prose_between_keeps_them_apart(report):
    events, instruments = tables_on(report, 6)

    assert events[:2] == [
        "Day | Kind | What happened",
        "5 Nov | Frost | Freezing fog for 31 hours without a break.",
    ]
    assert instruments[0] == "Id | Instrument | Height | Since | Calibrated | Next | Data %"
    assert len(instruments) == 11
