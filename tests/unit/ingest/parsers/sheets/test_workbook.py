import datetime as dt

import openpyxl
import pytest
from builders_office import only, parse, told

from ingest.parsers.base.how_far import telling
from ingest.parsers.base.numbers.number_format import shown
from ingest.parsers.sheets.sheets import MAX_ROWS, SheetReader


@pytest.fixture
def book():
    return openpyxl.Workbook()


def read(book, tmp_path):
    book.save(tmp_path / "a.xlsx")
    return parse(tmp_path / "a.xlsx")


def fill(sheet, rows):
    for row in rows:
        sheet.append(row)


def test_each_sheet_is_a_table_under_its_name(book, tmp_path):
    book.active.title = "Rain"
    fill(book.active, [["Year", "mm"], [2020, 801.5]])
    fill(book.create_sheet("Snow"), [["Year", "cm"], [2020, 44]])
    book.create_sheet("Empty")

    assert told(read(book, tmp_path)) == [
        ("heading", "Rain"),
        ("table", "Year | mm\n2020 | 801.5"),
        ("heading", "Snow"),
        ("table", "Year | cm\n2020 | 44"),
    ]


def test_titles_above_and_notes_below_a_table_are_no_rows(book, tmp_path):
    fill(
        book.active,
        [
            ["Visitors by hut"],
            [],
            ["Hut", "2019", "2020"],
            ["Alm", 10, 20],
            ["(a) Without day guests, who are counted at the lift."],
        ],
    )

    assert told(read(book, tmp_path))[1:] == [
        ("heading", "Visitors by hut"),
        ("table", "Hut | 2019 | 2020\nAlm | 10 | 20"),
        ("paragraph", "(a) Without day guests, who are counted at the lift."),
    ]


def test_a_period_above_several_columns_heads_each_of_them(book, tmp_path):
    fill(
        book.active,
        [
            ["CHF", None, "June 2023", None, None, "June 2022"],
            [None, "Sales", "Costs", None, "Sales", "Costs"],
            ["Zone A", 1, 2, None, 3, 4],
        ],
    )

    assert only(read(book, tmp_path), "table").text == (
        "CHF | June 2023 Sales | June 2023 Costs | June 2022 Sales | June 2022 Costs\n"
        "Zone A | 1 | 2 | 3 | 4"
    )


def test_two_tables_on_a_sheet_are_divided_at_the_blank_row(book, tmp_path):
    fill(book.active, [["Hut", "Beds"], ["Alm", 4], [], ["Lift", "Seats"], ["West", 6]])

    tables = [text for role, text in told(read(book, tmp_path)) if role == "table"]

    assert tables == ["Hut | Beds\nAlm | 4", "Lift | Seats\nWest | 6"]


def test_a_formula_without_a_stored_value_is_shown_as_text(book, tmp_path):
    fill(book.active, [["a", "b"], [1, "=SUM(A2:A9)"]])

    assert only(read(book, tmp_path), "table").text == "a | b\n1 | =SUM(A2:A9)"


def test_a_sheet_that_is_too_long_is_cut_with_a_warning():
    reader = SheetReader()

    (table,) = reader.elements([str(n), str(n)] for n in range(MAX_ROWS + 5))

    assert table.text.count("\n") == MAX_ROWS - 1
    assert reader.warnings == (f"only the first {MAX_ROWS:,} rows were read",)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-1234, "#,##0;(#,##0)", "(1,234)"),
        (-5.5, '"$"#,##0.00_);("$"#,##0.00)', "($5.50)"),
        (0, '#,##0;-#,##0;"-"', "-"),
        (1234567, "#,##0,", "1,235"),
        (1234567, '0.0,,"M"', "1.2M"),
        (12, "[$€-407] #,##0.00", "€ 12.00"),
        (5, '0" kg"', "5 kg"),
        (1.5, "0.##", "1.5"),
        (-0.001, "0.0", "0.0"),
        (44197.5, "d/m/yy h:mm", "2021-01-01 12:00:00"),
        (3.0, "General", "3"),
        (1e-5, "General", "1e-05"),
        (float("nan"), "0.0", "nan"),
        (True, "General", "TRUE"),
        (None, "0.0", ""),
        (dt.datetime(2031, 5, 6, 7, 8), "General", "2031-05-06 07:08:00"),  # noqa: DTZ001 - as sheets
    ],
)
def test_a_number_is_shown_as_a_spreadsheet_does(value, code, text):
    assert shown(value, code) == text


def long_rows(count, *, width=3):
    yield ["Order", "", "Amount"][:width]
    for n in range(count):
        yield [str(n), "", f"{n % 7}.5"]


def test_all_rows_of_a_sheet_that_is_too_long_are_kept_as_they_come():
    kept = {}

    def keep(text, names, rows):
        kept[text] = (names, list(rows))
        return len(kept[text][1])

    reader = SheetReader(keep)
    (table,) = reader.elements(long_rows(MAX_ROWS + 5))
    later = reader.elements([["Hut", "Beds"], ["Alm", "4"], ["Joch", "6"]])

    names, rows = kept[table.text]
    assert names == ["Order", "Amount"]
    assert (len(rows), rows[-1]) == (MAX_ROWS + 5, [f"{MAX_ROWS + 4}", f"{(MAX_ROWS + 4) % 7}.5"])
    assert table.text.count("\n") == MAX_ROWS - 1
    (told,) = reader.warnings
    assert told.startswith(f"all {MAX_ROWS + 5:,} rows of a table are kept")
    assert [element.text for element in later] == ["Hut | Beds\nAlm | 4\nJoch | 6"]


def test_how_far_a_workbook_is_read_is_told_over_all_of_its_sheets(book, tmp_path):
    for sheet in (book.active, book.create_sheet("Snow")):
        fill(sheet, [["Year", "mm"], *([n, n % 7] for n in range(2500))])
    shares = []
    with telling(shares.append, every_s=0):
        read(book, tmp_path)

    assert shares == pytest.approx([0.0, 0.2, 0.4, 0.5, 0.7, 0.9], abs=0.01)
