"""Where tables begin and end: headers take no values, tables take no prose."""

from pathlib import Path

import pytest
from builders_pdf import parse_pdf, piece, right_piece

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.tables.cells import is_number, is_year
from ingest.parsers.pdf.tables.ruled import find_ruled
from ingest.parsers.pdf.tables.tables import find_tables

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


@pytest.mark.parametrize(
    "text", ["-0.7 °C", "1,959 mm", "167 km/h (17 February)", "2.5 million", "€ 40", "10 m", "5 %"]
)
def test_an_amount_with_its_unit_is_a_value(text):
    assert is_number(text)


@pytest.mark.parametrize("text", ["13 weeks", "3 months", "5 Nov", "1 January", "Q1 2023", "mm"])
def test_dates_spans_and_units_alone_are_no_values(text):
    assert not is_number(text)


def test_a_year_with_a_note_is_a_year():
    assert is_year("2023 (restated)")


def test_rows_of_values_with_units_are_no_header():
    lines = (("Key", "2025", "Normal"), ("Mean", "-0.7 °C", "-1.9 °C"), ("Rain", "9 mm", "8 mm"))
    tables = find_tables(rows(*lines, ("Days", "22", "24"), xs=(50, 200, 300)), [])

    assert texts(tables) == [
        ["Key | 2025 | Normal", "Mean | -0.7 °C | -1.9 °C", "Rain | 9 mm | 8 mm", "Days | 22 | 24"]
    ]


def test_rows_of_words_above_the_first_number_are_no_header():
    lines = (("Day", "Kind", "Hours"), ("5 Nov", "Frost", "none"), ("8 Dec", "Storm", "many"))
    tables = find_tables(rows(*lines, ("9 Dec", "Snow", "12"), xs=(50, 200, 300)), [])

    assert texts(tables)[0][:2] == ["Day | Kind | Hours", "5 Nov | Frost | none"]


def test_names_of_columns_below_their_groups_are_one_header():
    pieces = [*rows(("Method", "Speed", "", "Size"), xs=(50, 220, 0, 420))]
    pieces += rows(("Name", "H@1", "H@5", "N@1", "N@5"), xs=(50, 200, 260, 400, 460), top=112)
    for n in range(3):
        numbers = (f"run {n}", "0.1", "0.2", "0.3", "0.4")
        pieces += rows(numbers, xs=(50, 200, 260, 400, 460), top=126 + 14 * n)

    assert texts(find_tables(pieces, []))[0][0].startswith("Method Name | Speed H@1 | Speed H@5")


def test_large_titles_above_a_table_are_no_header():
    pieces = [piece("Estimate of works", 200, 80, size=16)]
    pieces += rows(
        ("Part", "2023", "2022"), ("Door", "5", "6"), ("Roof", "7", "8"), xs=(50, 200, 300)
    )

    assert texts(find_tables(pieces, []))[0][0] == "Part | 2023 | 2022"


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


def test_notes_below_the_last_row_are_left_out():
    pieces = rows(("Name", "Size"), ("a", "1"), ("b", "2"), xs=(60, 300), top=102)
    pieces += [piece(PROSE, 50, 150), piece("Source: a survey", 50, 162)]

    (table,) = find_ruled(ruled(100, 180), pieces, width_pt=600)

    assert texts([table]) == [["Name | Size", "a | 1", "b | 2"]]
    assert pieces[-1] not in table.pieces


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


def test_questions_level_with_their_answers_are_a_table():
    questions = ["did anyone review the request", "and how many times was it reviewed"] * 3
    pieces = [piece(text, 50, 100 + 14 * n) for n, text in enumerate(questions)]
    pieces += [piece(f"{n}", 400, 100 + 14 * n) for n in range(6)]

    assert len(find_tables(pieces, [])) == 1


def test_a_dash_far_from_the_next_number_is_an_empty_cell():
    pieces = rows(
        ("", "2023", "2022"), ("Sales", "5", "6"), ("Gifts", "-", "(3)"), xs=(50, 300, 400)
    )

    assert texts(find_tables(pieces, []))[0][2] == "Gifts | - | (3)"


def test_dashes_right_of_the_numbers_stand_in_their_column():
    lines = (("", "2023", "2022"), ("Sales", "15", "16"), ("Net", "17", "18"))
    pieces = rows(*lines, xs=(50, 300, 400)) + rows(
        ("Gifts", "-", "19"), xs=(50, 325, 400), top=142
    )

    assert texts(find_tables(pieces, []))[0][-1] == "Gifts | - | 19"


def test_the_day_of_a_date_in_a_header_is_no_amount():
    pieces = rows(
        ("", "January", "January"),
        ("", "28,", "29,"),
        ("", "2023", "2022"),
        xs=(50, 300, 400),
        top=60,
    )
    pieces += rows(("Sales", "5", "6"), ("Net", "7", "8"), xs=(50, 300, 400), top=102)

    assert texts(find_tables(pieces, []))[0][0] == " | January 28, 2023 | January 29, 2022"


def test_the_key_figures_of_the_demo_report_stand_one_in_a_row(report):
    (table,) = tables_on(report, 2)

    assert table[:2] == [
        "Key figure | 2025 | Normal 1991-2020",
        "Mean temperature | -0.7 °C | -1.9 °C",
    ]
    assert len(table) == 10


def test_the_page_of_chart_and_table_holds_one_table_of_months(report):
    (table,) = tables_on(report, 3)

    assert table[0].startswith("Month | Mean °C | Lowest °C")
    assert len(table) == 14


def test_a_page_with_two_tables_and_prose_between_keeps_them_apart(report):
    events, instruments = tables_on(report, 6)

    assert events[:2] == [
        "Day | Kind | What happened",
        "5 Nov | Frost | Freezing fog for 31 hours without a break.",
    ]
    assert instruments[0] == "Id | Instrument | Height | Since | Calibrated | Next | Data %"
    assert len(instruments) == 11
