import pytest
from builders_office import parse_text, told

from ingest.parsers.sheets.delimited import head_of


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


def test_formulas_are_text(tmp_path):
    (table,) = parse_text(tmp_path, "a.csv", "name,note\nAda,\"=cmd|'/c calc'!A1\"\n").elements

    assert table.text == "name | note\nAda | =cmd¦'/c calc'!A1"


def test_a_million_columns_are_cut_with_a_warning(tmp_path):
    document = parse_text(tmp_path, "a.csv", ",".join(["7"] * 1_000_000))

    assert len(document.elements[0].text) < 10_000
    assert document.warnings == ("only the first 1,000 columns were read",)


def test_of_a_long_file_no_more_is_read_than_its_rows_need(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" * 10)

    assert head_of(path, max_lines=3, block_bytes=8) == (b"a,b\n" * 4, False)
    assert head_of(path, max_lines=10, block_bytes=8) == (b"a,b\n" * 10, True)
    assert head_of(path, max_lines=99, block_bytes=8) == (b"a,b\n" * 10, True)


def test_a_small_table_of_words_is_no_header_of_the_one_below(tmp_path):
    document = parse_text(
        tmp_path, "a.csv", "Name,Room\nAda,North\n\nCity,Pop\nOslo,700\nRome,290\n"
    )

    assert [text for _, text in told(document)] == [
        "Name | Room\nAda | North",
        "City | Pop\nOslo | 700\nRome | 290",
    ]


PREAMBLE = "Harbour office\n# exported 2027-04-01\nIBAN:,NO93 8601\nBalance:,1200.50\n"


@pytest.mark.parametrize("between", ["", "\n"])
def test_a_preamble_is_no_row_of_the_table_below(tmp_path, between):
    rows = "Date,Text,Amount\n2027-04-02,Rope,-12.50\n2027-04-05,Fee,90.00\n" * 3
    document = parse_text(tmp_path, "a.csv", PREAMBLE + between + rows)

    assert told(document)[:4] == [
        ("heading", "Harbour office"),
        ("paragraph", "exported 2027-04-01"),
        ("paragraph", "IBAN: NO93 8601"),
        ("paragraph", "Balance: 1200.50"),
    ]
    assert document.elements[4].text.startswith("Date | Text | Amount\n2027-04-02 | Rope | -12.50")


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ('"Age","Town"\n"Ida",30,"Oslo"\n"Jon",31,"Rome"\n', "Age | Town | "),
        ("Age,Town\nIda,Oslo,\nJon,Rome,\n", "Age | Town"),
    ],
)
def test_a_header_that_is_narrower_stays_one(tmp_path, content, first):
    document = parse_text(tmp_path, "a.csv", content)

    assert document.elements[0].text.split("\n")[0] == first
