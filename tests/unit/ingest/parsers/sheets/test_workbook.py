import openpyxl
import pytest
from builders_office import only, parse, told

from ingest.parsers.base.how_far import telling
from ingest.parsers.sheets import sheets
from ingest.parsers.sheets.sheets import SheetReader


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


NOTE = "(a) Without day guests, who are counted at the lift."


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        (
            f"Visitors by hut//Hut,2019,2020/Alm,10,20/{NOTE.replace(',', ';')}",
            ["Visitors by hut", "Hut | 2019 | 2020\nAlm | 10 | 20", NOTE],
        ),
        (
            "CHF,,June 2023,,,June 2022/,Sales,Costs,,Sales,Costs/Zone A,1,2,,3,4",
            [
                (
                    "CHF | June 2023 Sales | June 2023 Costs | June 2022 Sales | June 2022 Costs\n"
                    "Zone A | 1 | 2 | 3 | 4"
                )
            ],
        ),
        ("Hut,Beds/Alm,4//Lift,Seats/West,6", ["Hut | Beds\nAlm | 4", "Lift | Seats\nWest | 6"]),
    ],
)
def test_titles_notes_periods_and_blank_rows_are_told_from_rows(rows, read):
    cells = [[cell.replace(";", ",") for cell in row.split(",")] for row in rows.split("/")]

    assert [element.text for element in SheetReader().elements(cells)] == read


def test_a_formula_without_a_stored_value_is_shown_as_text(book, tmp_path):
    fill(book.active, [["a", "b"], [1, "=SUM(A2:A9)"]])

    assert only(read(book, tmp_path), "table").text == "a | b\n1 | =SUM(A2:A9)"


MAX_ROWS = 1000


@pytest.fixture
def few_rows(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", MAX_ROWS)


@pytest.mark.usefixtures("few_rows")
def test_a_sheet_that_is_too_long_is_cut_with_a_warning():
    reader = SheetReader()

    (table,) = reader.elements([str(n), str(n)] for n in range(MAX_ROWS + 5))

    assert table.text.count("\n") == MAX_ROWS - 1
    assert reader.warnings == (f"only the first {MAX_ROWS:,} rows were read",)


def long_rows(count, *, width=3):
    yield ["Order", "", "Amount"][:width]
    for n in range(count):
        yield [str(n), "", f"{n % 7}.5"]


@pytest.mark.usefixtures("few_rows")
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
