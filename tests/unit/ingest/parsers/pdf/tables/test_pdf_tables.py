import pytest
from builders_office import told
from builders_pdf import Page, parse_pdf, pdf_bytes, piece, right_piece

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.tables.cells import is_number
from ingest.parsers.pdf.tables.grids import find_grids
from ingest.parsers.pdf.tables.tables import find_tables

FRAME = Frame(left=0, bottom=0, right=600, top=800)


def statement(*rows, top=100, rights=(400, 480)):
    """Return pieces of rows: a label, then numbers that end at `rights`."""
    pieces = []
    for n, (label, *numbers) in enumerate(rows):
        y = top + 14 * n
        pieces += [piece(label, 50, y)] if label else []
        pieces += [right_piece(t, x, y) for t, x in zip(numbers, rights, strict=False) if t]
    return pieces


def texts(tables):
    return [table.element(page=1, frame=FRAME).text.split("\n") for table in tables]


@pytest.mark.parametrize(
    "text",
    [
        "1,234",
        "(1,234)",
        "$12.5",
        "12 %",
        "—",
        "-",
        "3.4x",
        "(43.8)%",
        "N/A",
        "2019-2021",
        "±0"[1:],
    ],
)
def test_amounts_are_told(text):
    assert is_number(text)


def test_headers_of_several_lines_become_one_row():
    pieces = [right_piece("Year ended", 400, 72), right_piece("Year ended", 480, 72)]
    pieces += [right_piece("June 2023", 400, 86), right_piece("June 2022", 480, 86)]
    pieces += statement(("Sales", "1,200", "1,100"), ("Costs", "900", "800"), ("Net", "300", "300"))

    assert texts(find_tables(pieces, []))[0][0] == " | Year ended June 2023 | Year ended June 2022"


def test_a_header_over_two_columns_is_repeated_in_each():
    pieces = [piece("Fiscal years", 370, 72)]
    pieces += statement(
        ("", "2023", "2022"), ("Sales", "1,200", "1,100"), ("Net", "300", "300"), top=86
    )
    rule = (340, 83, 482, 84)

    assert texts(find_tables(pieces, [rule]))[0][0] == " | Fiscal years 2023 | Fiscal years 2022"


def test_section_labels_stay_as_rows():
    pieces = statement(
        ("", "2023", "2022"), ("Assets",), ("Cash", "5", "6"), ("Liabilities",), ("Debt", "7", "8")
    )

    assert texts(find_tables(pieces, [])) == [
        [" | 2023 | 2022", "Assets", "Cash | 5 | 6", "Liabilities", "Debt | 7 | 8"]
    ]


def test_a_new_header_begins_a_new_table():
    half = (("Sales", "50", "60"), ("Costs", "30", "40"))
    pieces = statement(("", "2023", "2022"), *half, ("", "June", "July"), *half)

    assert texts(find_tables(pieces, [])) == [
        [" | 2023 | 2022", "Sales | 50 | 60", "Costs | 30 | 40"],
        [" | June | July", "Sales | 50 | 60", "Costs | 30 | 40"],
    ]


def test_a_table_of_words_is_told_by_where_its_cells_begin():
    rows = (("Name", "Role", "Since"), ("Ada", "Engineer", "May"), ("Grace", "Admiral", "June"))
    pieces = [
        piece(t, 50 + 120 * k, 100 + 14 * n) for n, r in enumerate(rows) for k, t in enumerate(r)
    ]

    assert texts(find_tables(pieces, [])) == [
        ["Name | Role | Since", "Ada | Engineer | May", "Grace | Admiral | June"]
    ]


def test_prose_and_lists_are_no_tables():
    prose = [piece("some words of a paragraph that goes on", 50, 100 + 12 * n) for n in range(5)]
    items = [piece("•", 50, 200 + 12 * n) for n in range(5)]
    items += [piece("an item of a list of words", 70, 200 + 12 * n) for n in range(5)]

    assert find_tables(prose + items, []) == []


def grid(xs, ys):
    drawings = Drawings()
    drawings.horizontal += [(xs[0], y, xs[-1], y + 0.5) for y in ys]
    drawings.vertical += [(x, ys[0], x + 0.5, ys[-1]) for x in xs]
    return drawings


def test_rules_make_a_table_and_wrapped_words_stay_in_their_cell():
    pieces = [piece("Name", 55, 105), piece("What it does", 155, 105)]
    pieces += [piece("pump", 55, 125), piece("moves water from the", 155, 125)]
    pieces += [piece("lake to the tank", 155, 137)]
    tables = find_grids(grid((50, 150, 260), (100, 120, 150)), pieces, closed=True)

    assert texts(tables) == [
        ["Name | What it does", "pump | moves water from the lake to the tank"]
    ]


def test_columns_of_numbers_divide_a_band_without_rules():
    pieces = [piece("Name", 55, 105), piece("Score", 205, 105)]
    pieces += [piece(t, 55, 125 + 12 * n) for n, t in enumerate(("one", "two", "three"))]
    pieces += [piece(t, 205, 125 + 12 * n) for n, t in enumerate(("1.5", "2.5", "3.5"))]
    tables = find_grids(grid((50, 200, 300), (100, 120, 170)), pieces, closed=True)

    assert texts(tables) == [["Name | Score", "one | 1.5", "two | 2.5", "three | 3.5"]]


def test_a_title_across_the_table_is_no_row():
    pieces = [piece("Limits of use", 55, 105), piece("heat", 55, 125), piece("40", 155, 125)]
    pieces += [piece("wind", 55, 145), piece("90", 155, 145)]
    drawings = grid((50, 150, 260), (100, 120, 140, 160))
    drawings.vertical[1] = (150, 120, 150.5, 160)
    (table,) = find_grids(drawings, pieces, closed=True)

    assert table.title.text == "Limits of use"
    assert texts([table]) == [["heat | 40", "wind | 90"]]


def test_names_on_a_ground_over_the_rules_head_the_columns():
    pieces = [piece("Before", 85, 104), piece("After", 185, 104)]
    pieces += [piece(t, 55 + 100 * k, 125 + 20 * n) for n in range(2) for k, t in enumerate("ab")]

    assert texts(find_grids(grid((50, 150, 250), (120, 140, 160)), pieces, closed=True)) == [
        ["Before | After", "a | b", "a | b"]
    ]


ORDERED = (
    ("Description", "Amount", "Unit price", "Total"),
    ("Tarred rope, 12 mm", "40", "2.50", "100.00"),
    ("Brass cleats", "6", "8.20", "49.20"),
    ("Caulking of the hull", "12", "55.00", "660.00"),
)


def invoice(*, rule_below_names=False, units=("", "", "")):
    page = Page().text(60, 60, "INVOICE", size=20, bold=True)
    for n, (what, *amounts) in enumerate(ORDERED):
        y = 200 + 20 * n
        page.text(60, y, what, bold=not n)
        for right, amount, unit in zip((330, 430, 530), amounts, units, strict=True):
            words = f"{amount} {unit}".strip() if n else amount
            page.text(right - 5 * len(words), y, words, bold=not n)
    if rule_below_names:
        page.rule(60, 214, 545, 214).rule(60, 278, 545, 278)
    return page.text(60, 320, "Please pay within 14 days.")


@pytest.mark.parametrize("drawn", [{}, {"rule_below_names": True}, {"units": ("pcs", "kr", "kr")}])
def test_an_invoice_has_the_names_of_its_columns_above_its_rows(tmp_path, drawn):
    document = parse_pdf(tmp_path, pdf_bytes(invoice(**drawn)))
    (table,) = [text for role, text in told(document) if role == "table"]
    units = drawn.get("units", ("", "", ""))

    assert table.split("\n") == [
        " | ".join(ORDERED[0]),
        *(
            " | ".join(
                [what, *(f"{one} {unit}".strip() for one, unit in zip(rest, units, strict=True))]
            )
            for what, *rest in ORDERED[1:]
        ),
    ]
