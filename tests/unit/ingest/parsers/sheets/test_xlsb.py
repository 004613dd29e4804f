"""Binary Excel workbooks (.xlsb), made by hand."""

import builders_biff12 as biff12
import pytest
from builders_office import parse, told

from ingest.parsers.sheets.old_workbooks import asked
from rag.errors import LimitError, SourceError

DATE, PERCENT, MONEY = (1, 2, 3)
CODES = ("yyyy-mm-dd", "0.0%", '"$"#,##0.00')


def rows(lines):
    return [
        biff12.row(n, *(biff12.cell(column, value) for column, value in enumerate(line)))
        for n, line in enumerate(lines)
    ]


def read(tmp_path, sheets):
    made = {name: biff12.sheet(*rows(lines)) for name, lines in sheets.items()}
    return told(parse(biff12.write_xlsb(tmp_path / "a.xlsb", made, codes=CODES)))


def test_each_sheet_is_a_table_under_its_name_with_values_as_their_formats_say(tmp_path):
    values = [(45418.0, DATE), (0.125, PERCENT), (1234.5, MONEY), True]
    rain, snow = [["Day", "Share", "Price", "Dry"], values], [["Jahr", "cm"], [2020.0, 44.0]]

    assert read(tmp_path, {"Rain": rain, "Schnee in Grün": snow, "Empty": []}) == [
        ("heading", "Rain"),
        ("table", "Day | Share | Price | Dry\n2024-05-06 | 12.5% | $1,234.50 | TRUE"),
        ("heading", "Schnee in Grün"),
        ("table", "Jahr | cm\n2020 | 44"),
    ]


def test_cells_far_off_are_refused_before_memory_is_taken_for_all_between(tmp_path):
    far = biff12.row(1_048_575, biff12.cell(16_383, "b"))
    path = biff12.write_xlsb(tmp_path / "a.xlsb", {"Rain": biff12.sheet(*rows("a"), far)})
    with pytest.raises(LimitError, match=r"10,000,000 cells.*Save it as \.xlsx"):
        parse(path)


@pytest.mark.parametrize("stops", [MemoryError, KeyboardInterrupt])
def test_what_is_no_fault_of_the_file_is_not_told_as_damage(stops):
    def work():
        raise stops

    with pytest.raises(stops):
        asked(work)


def test_a_binary_sheet_that_is_cut_off_is_damage(tmp_path):
    data = biff12.sheet(biff12.row(0, biff12.cell(0, "x" * 100)))
    biff12.write_xlsb(tmp_path / "a.xlsb", {"Rain": data[: len(data) - 120]})

    with pytest.raises(SourceError, match="damaged"):
        parse(tmp_path / "a.xlsb")
