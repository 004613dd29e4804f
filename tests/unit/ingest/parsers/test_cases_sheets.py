"""Sheets and small tables as people have them, read from the folder beside the checkout."""

import shutil

import pytest
from builders_office import parse, told

TABLES = [
    ("header_swallows_rows/codes.csv", ["Country | Capital | Code", "Sweden | Stockholm | SE"]),
    ("header_swallows_rows/grades.csv", ["Name | Grade | Note", "Ida | A | good"]),
    ("header_swallows_rows/rooms.csv", ["Surname | Room", "Adler | North"]),
    ("header_swallows_rows/rooms.docx", ["Surname | Room", "Adler | North"]),
    ("header_swallows_rows/rooms.xlsx", ["Surname | Room", "Adler | North"]),
    ("header_swallows_rows/tax.csv", ["Land | Stadt | Satz", "Hessen | Kassel | keine"]),
    (
        "xlsx_number_formats/parcels.xlsx",
        [
            "Postcode of Vardo | 00731",
            "Crew hours of the Freya | 42:00",
            "Share of Ingrid | 1/2",
            "Telephone of the depot | (555) 123-4567",
            "Account of Olga | 01-234-567",
            "Width | 2 3/4",
            "Berth | B07",
        ],
    ),
    ("ods_note_in_cell/book.ods", ["Vardo North | 00731 | 42:00"]),
    ("superscript_power/power.xlsx", ["Grains | 10^12 per heap"]),
    ("xlsx_merged_down/shifts.xlsx", ["Upper | Nils | 8", "Upper | Ole | 7", "Lower | Rolf | 5"]),
    ("xlsx_text_box/textbox.xlsx", ["Nord | 9", "Dredging of dock Nord starts on 9 August."]),
]


@pytest.mark.parametrize(("name", "lines"), TABLES)
def test_a_sheet_is_read_with_these_lines(shared_data, tmp_path, name, lines):
    document = parse(tmp_path / shutil.copy(shared_data / "cases" / name, tmp_path))
    text = "\n".join(text for _, text in told(document))

    assert [line for line in lines if line not in text.split("\n")] == []
