import pytest
from builders_office import parse_text

from ingest.parsers.base.how_far import telling
from ingest.parsers.sheets.delimited import head_of

LONG = 120_000
"""Rows of 3 MB: more than are read at once."""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "hut,beds\nAlm,12\n"),
        ("a.csv", "hut;beds\nAlm;12\n"),
        ("a.csv", "sep=;\nhut;beds\nAlm;12\n"),
        ("a.csv", "hut|beds\nAlm|12\n"),
        ("a.tsv", "hut\tbeds\nAlm\t12\n"),
        ("a.csv", '\ufeff"hut","beds"\r\n"Alm","12"\r\n'),
        ("a.csv", "hut,beds\n\nAlm,12"),
    ],
)
def test_the_delimiter_is_told_from_the_rows(tmp_path, name, content):
    (table,) = parse_text(tmp_path, name, content).elements

    assert (table.role, table.text) == ("table", "hut | beds\nAlm | 12")


def test_decimal_commas_do_not_divide_cells(tmp_path):
    (table,) = parse_text(tmp_path, "a.csv", "hut;m2\nAlm;1,5\nJoch;2,5\n").elements

    assert table.text == "hut | m2\nAlm | 1,5\nJoch | 2,5"


def test_bars_and_line_breaks_in_cells_do_not_break_rows(tmp_path):
    (table,) = parse_text(tmp_path, "a.csv", 'a,b\n"x|y","two\nlines"\n').elements

    assert table.text == "a | b\nx¦y | two lines"


def test_formulas_are_text(tmp_path):
    (table,) = parse_text(tmp_path, "a.csv", "name,note\nAda,\"=cmd|'/c calc'!A1\"\n").elements

    assert table.text == "name | note\nAda | =cmd¦'/c calc'!A1"


def test_a_million_columns_are_cut_with_a_warning(tmp_path):
    document = parse_text(tmp_path, "a.csv", ",".join(["7"] * 1_000_000))

    assert len(document.elements[0].text) < 10_000
    assert document.warnings == ("only the first 1,000 columns were read",)


def test_nuls_do_no_harm(tmp_path):
    (table,) = parse_text(tmp_path, "a.csv", b"name,value\nalpha\0,1\nbeta,2\n").elements

    assert table.text == "name | value\nalpha | 1\nbeta | 2"


def test_of_a_long_file_no_more_is_read_than_its_rows_need(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" * 10)

    assert head_of(path, most_lines=3, block_bytes=8) == (b"a,b\n" * 4, False)
    assert head_of(path, most_lines=10, block_bytes=8) == (b"a,b\n" * 10, True)
    assert head_of(path, most_lines=99, block_bytes=8) == (b"a,b\n" * 10, True)


def test_a_first_row_that_names_every_column_is_all_of_the_header(tmp_path):
    content = "state,area,jobs\nOH,Springfield in Ohio,**\nPR,Ponce,180\n"
    (table,) = parse_text(tmp_path, "a.csv", content).elements

    assert table.text == "state | area | jobs\nOH | Springfield in Ohio | **\nPR | Ponce | 180"


def test_units_below_the_names_of_columns_are_of_the_header(tmp_path):
    (table,) = parse_text(tmp_path, "a.csv", "lake,depth,area\n,m,km2\nThun,217,47.8\n").elements

    assert table.text == "lake | depth m | area km2\nThun | 217 | 47.8"


def test_how_far_a_long_table_is_read_is_told_from_its_beginning_to_its_end(tmp_path):
    shares = []
    with telling(shares.append, every_s=0):
        parse_text(tmp_path, "a.csv", "hut,beds\n" + "Hut by the upper lake,12\n" * LONG)

    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] > 0.9
