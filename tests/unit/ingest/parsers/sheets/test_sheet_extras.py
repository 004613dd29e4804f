"""What a workbook holds beside plain cells: merged and hidden ones, boxes, notes, formats."""

import io

import openpyxl
import pytest
import xlsxwriter
from builders_office import parse_text, told
from openpyxl.comments import Comment
from openpyxl.styles import Font

from rag.storage.tables.values import read


def made(tmp_path, draw):
    """Return what is read of the first sheet of a workbook that `draw` fills."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    draw(book, book.add_worksheet("Dock"))
    book.close()
    return parse_text(tmp_path, "a.xlsx", data.getvalue())


def texts(document, role):
    return [text for kind, text in told(document) if kind == role]


def test_a_label_merged_downwards_stands_in_each_row(tmp_path):
    def draw(_, sheet):
        for row, cells in enumerate([["Deck", "Person"], ["", "Nils"], ["", "Ole"], ["", "Per"]]):
            sheet.write_row(row, 0, cells)
        sheet.merge_range("A2:A3", "Upper")
        sheet.write("A4", "Lower")

    assert texts(made(tmp_path, draw), "table") == [
        "Deck | Person\nUpper | Nils\nUpper | Ole\nLower | Per"
    ]


def test_an_amount_merged_downwards_is_counted_once(tmp_path):
    def draw(_, sheet):
        for row, cells in enumerate([["Item", "Price"], ["Rope"], ["Sail"], ["Oar", 7]]):
            sheet.write_row(row, 0, cells)
        sheet.merge_range("B2:B3", 500)

    assert texts(made(tmp_path, draw), "table") == ["Item | Price\nRope | 500\nSail | \nOar | 7"]


def test_names_merged_across_and_down_are_two_header_rows(tmp_path):
    def draw(_, sheet):
        sheet.merge_range("A1:A2", "Zone")
        sheet.merge_range("B1:C1", "Sales")
        sheet.write_row(1, 1, ["North", "South"])
        sheet.write_row(2, 0, ["Quay", 4, 6])

    assert texts(made(tmp_path, draw), "table") == [
        "Zone | Sales North | Sales South\nQuay | 4 | 6"
    ]


def test_a_text_box_is_read_after_the_cells(tmp_path):
    def draw(_, sheet):
        sheet.write_row(0, 0, ["Dock", "Depth"])
        sheet.write_row(1, 0, ["Nord", 9])
        sheet.insert_textbox(3, 3, "Dredging starts\non 9 August.")

    assert texts(made(tmp_path, draw), "paragraph") == ["Dredging starts\non 9 August."]


def test_a_sheet_of_a_text_box_alone_is_read(tmp_path):
    def draw(_, sheet):
        sheet.insert_textbox(3, 3, "Closed on Mondays.")

    assert told(made(tmp_path, draw)) == [("heading", "Dock"), ("paragraph", "Closed on Mondays.")]


def test_a_note_says_who_wrote_it_on_which_cell(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Shed", "Rent"])
    book.active.append(["9", 410])
    book.active["B2"].comment = Comment("Ada:\nask the owner", "Ada")
    data = io.BytesIO()
    book.save(data)

    document = parse_text(tmp_path, "a.xlsx", data.getvalue())

    assert texts(document, "table") == ["Shed | Rent\n9 | 410"]
    assert texts(document, "paragraph") == ["Note by Ada on B2: ask the owner"]


def test_headers_and_footers_are_told_once_without_page_numbers(tmp_path):
    def draw(book, sheet):
        for one in (sheet, book.add_worksheet("Two")):
            one.write_row(0, 0, ["a", "b"])
            one.set_header('&L&"Arial,Bold"&12Contract ZX-4471&RAT&&T')
            one.set_footer("&CPage &P of &N")

    assert texts(made(tmp_path, draw), "heading")[:2] == ["Dock", "Contract ZX-4471 AT&T"]


def test_short_lines_around_a_table_are_its_caption(tmp_path):
    def draw(_, sheet):
        rows = [
            ["Fees"],
            ["In thousands of crowns"],
            ["Dock", "2026", "2027"],
            ["Nord", 912, 940],
            ["Syd", 310, 355],
            [],
            ["(a) From the harbour's half-year report"],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    assert told(made(tmp_path, draw)) == [
        ("heading", "Dock"),
        ("heading", "Fees"),
        ("table", "Dock | 2026 | 2027\nNord | 912 | 940\nSyd | 310 | 355"),
        ("caption", "In thousands of crowns\n(a) From the harbour's half-year report"),
    ]


def test_hidden_sheets_rows_and_columns_are_read(tmp_path):
    def draw(book, sheet):
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, ["x", 1])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        book.add_worksheet("Old").write_row(0, 0, ["c", "d"])
        book.get_worksheet_by_name("Old").hide()

    document = made(tmp_path, draw)

    assert texts(document, "heading") == ["Dock", "Old (hidden sheet)"]
    assert texts(document, "table")[0] == "a | b\nx | 1"


def test_struck_cells_are_marked_and_are_no_values(tmp_path):
    book = openpyxl.Workbook()
    for row in [["Crane", "Price"], ["Anna", 500], ["Berta", 900]]:
        book.active.append(row)
    for cell in book.active[3]:
        cell.font = Font(strike=True)
    data = io.BytesIO()
    book.save(data)

    (table,) = texts(parse_text(tmp_path, "a.xlsx", data.getvalue()), "table")

    assert table == "Crane | Price\nAnna | 500\n~~Berta~~ | ~~900~~"
    assert read("~~900~~").number is None
    assert read("~~900~~ 800").number == 800


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["10", {"font_script": 1}, "6", " grains"], "10^6 grains"),
        (["12 m", {"font_script": 1}, "2", " of deck"], "12 m² of deck"),
        (["H", {"font_script": 2}, "2", "O"], "H₂O"),
        (["now ", {"font_strikeout": True}, "410", " 390"], "now ~~410~~ 390"),
    ],
)
def test_parts_of_a_cell_keep_what_their_format_means(tmp_path, parts, text):
    def draw(book, sheet):
        formats = [book.add_format(p) if isinstance(p, dict) else p for p in parts]
        sheet.write_row(0, 0, ["Name", "Amount"])
        sheet.write_rich_string(1, 0, *formats)
        sheet.write(1, 1, 3)

    assert texts(made(tmp_path, draw), "table") == [f"Name | Amount\n{text} | 3"]
