import pytest
from builders_pdf import piece, right_piece

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.letters.runs import Piece, Word
from ingest.parsers.pdf.tables.cells import is_number, rows_of_cells
from ingest.parsers.pdf.tables.grids import find_grids
from ingest.parsers.pdf.tables.ruled import find_ruled
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


@pytest.mark.parametrize("text", ["Total", "Q1", "1 Revenue", "", "Note 5"])
def test_words_are_no_amounts(text):
    assert not is_number(text)


def test_a_sign_far_left_of_its_number_is_joined_to_it():
    pieces = statement(("", "2023", "2022"), ("Sales", "1,200", "1,100"), ("Net", "(20)", "35"))
    pieces.append(piece("$", 340, 114))

    assert texts(find_tables(pieces, [])) == [
        [" | 2023 | 2022", "Sales | $1,200 | 1,100", "Net | (20) | 35"]
    ]


def test_a_currency_close_behind_a_number_belongs_to_the_next():
    pieces = statement(("", "2023", "2022"), ("Sales", "1,200", "1,100"), ("Net", "20", "35"))
    pieces.append(piece("$", 404, 114))

    assert texts(find_tables(pieces, []))[0][1] == "Sales | 1,200 | $1,100"


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


def test_headers_close_to_each_other_are_cut_between_their_columns():
    rows = statement(("ice", "1,200", "1,100"), ("rime", "20", "35"), rights=(250, 310))
    close = [*right_piece("found here", 250, 86).words, *piece("left over", 256, 86).words]

    assert texts(find_tables([piece("Kind", 50, 86), Piece.of(close), *rows], [])) == [
        ["Kind | found here | left over", "ice | 1,200 | 1,100", "rime | 20 | 35"]
    ]


def test_a_header_of_even_spaces_stands_over_both_columns():
    rows = statement(("ice", "1,200", "1,100"), ("rime", "20", "35"), rights=(250, 310))

    assert texts(
        find_tables([piece("Kind", 50, 86), piece("days of measuring", 220, 86), *rows], [])
    )[0][0] == ("Kind | days of measuring | days of measuring")


def test_section_labels_stay_as_rows():
    pieces = statement(
        ("", "2023", "2022"), ("Assets",), ("Cash", "5", "6"), ("Liabilities",), ("Debt", "7", "8")
    )

    assert texts(find_tables(pieces, [])) == [
        [" | 2023 | 2022", "Assets", "Cash | 5 | 6", "Liabilities", "Debt | 7 | 8"]
    ]


def test_labels_may_stand_left_of_the_rows_that_they_head():
    rows = (("", "2023", "2022"), ("", "5", "6"), ("", "7", "8"))
    pieces = [*statement(*rows), piece("Assets", 30, 114), piece("Cash", 50, 128)]
    pieces[2:4] = statement(("Gold", "5", "6"), top=142)

    assert texts(find_tables(pieces, [])) == [
        [" | 2023 | 2022", "Assets", "Cash | 7 | 8", "Gold | 5 | 6"]
    ]


def test_a_label_that_is_wrapped_is_one_row():
    pieces = statement(("Sales", "50", "60"), ("Earnings before tax and equity",), top=100)
    pieces += statement(("in income of partners", "5", "6"), ("Net", "7", "8"), top=125)

    assert (
        "Earnings before tax and equity in income of partners | 5 | 6"
        in texts(find_tables(pieces, []))[0]
    )


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


def test_a_bar_in_a_cell_is_no_separator():
    pieces = statement(("a | b", "1", "2"), ("c", "3", "4"), ("d", "5", "6"))

    assert texts(find_tables(pieces, []))[0][0] == "a ¦ b | 1 | 2"


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


def test_tables_beside_each_other_stay_two_where_their_rules_nearly_meet_one_line():
    left = [piece(t, 55 + 100 * k, 105 + 20 * n) for n in range(2) for k, t in enumerate("ab")]
    right = [piece(t, 275 + 100 * k, 105 + 20 * n) for n in range(2) for k, t in enumerate("cd")]
    drawings, other = grid((50, 150, 250), (100, 120, 140)), grid((270, 370, 470), (99, 120, 140))
    drawings.horizontal += other.horizontal
    drawings.vertical += other.vertical

    assert texts(find_grids(drawings, [*left, *right], closed=True)) == [
        ["a | b", "a | b"],
        ["c | d", "c | d"],
    ]


def test_words_set_out_to_both_sides_of_their_cell_are_one_text():
    pieces = [piece("Item", 55, 105), piece("Cost", 155, 105)]
    pieces += [p for n in range(3) for p in (piece("share", 53, 125 + 12 * n),)]
    pieces += [right_piece("of", 147, 125 + 12 * n) for n in range(3)]
    pieces += [piece("12", 155, 125)]
    (table,) = find_grids(grid((50, 150, 260), (100, 120, 165)), pieces, closed=True)

    assert texts([table]) == [["Item | Cost", "share of share of share of | 12"]]


def test_rows_without_upright_rules_are_divided_as_the_rules_of_the_header_say():
    pieces = [piece(t, 55 + 100 * k, 105) for k, t in enumerate(("Land", "North", "South"))]
    pieces += [
        piece(t, 55 + 100 * k, 125 + 20 * n)
        for n, row in enumerate((("Chad", "1", "2"), ("Peru", "3", "4")))
        for k, t in enumerate(row)
    ]
    drawings = grid((50, 150, 250, 350), (100, 120, 140, 160))
    drawings.vertical[1] = (150, 100, 150.5, 120)
    drawings.vertical[2] = (250, 100, 250.5, 120)

    assert texts(find_grids(drawings, pieces, closed=True)) == [
        ["Land | North | South", "Chad | 1 | 2", "Peru | 3 | 4"]
    ]


def test_years_in_a_header_stand_over_all_their_columns():
    pieces = [piece("2024", 195, 105), piece("2025", 395, 105)]
    pieces += [piece(t, 105 + 100 * k, 125) for k, t in enumerate(("dry", "wet", "dry", "wet"))]
    pieces += [piece(str(k), 105 + 100 * k, 145) for k in range(4)]
    drawings = grid((100, 200, 300, 400, 500), (100, 120, 140, 160))
    drawings.vertical[1] = (200, 120, 200.5, 160)
    drawings.vertical[3] = (400, 120, 400.5, 160)
    (table,) = find_grids(drawings, pieces, closed=True)

    assert texts([table])[0][0] == "2024 | 2024 | 2025 | 2025"


def test_rules_of_one_width_frame_a_table_across_two_columns():
    pieces = [piece(t, 60 + 150 * k, 110 + 14 * n) for n in range(4) for k, t in enumerate("abc")]
    drawings = Drawings(horizontal=[(50, y, 550, y + 0.5) for y in (100, 124, 170)])
    (table,) = find_ruled(drawings, pieces, width_pt=600)

    assert texts([table]) == [["a | b | c"] * 4]


def test_two_columns_of_prose_between_rules_are_no_table():
    words = "half a line of prose, as long as a column"
    pieces = [piece(words, x, 110 + 12 * n) for n in range(9) for x in (50, 320)]
    drawings = Drawings(horizontal=[(50, y, 550, y + 0.5) for y in (100, 230)])

    assert find_ruled(drawings, pieces, width_pt=600) == []


FUELS = (("Fuel", "Cost"), ("Gas", "120"), ("Coal", "80"), ("Wind", "60"))
REGIONS = (("Region", "2021"), ("North", "12"), ("South", "22"), ("East", "31"), ("West", "8"))


def beside(gap, *, lower=0):
    """Return pieces of two tables without rules, the right one `lower` by some points."""
    left = statement(*REGIONS, rights=(150,))
    right = [
        p
        for n, (label, cost) in enumerate(FUELS)
        for p in (
            piece(label, 150 + gap, 100 + lower + 14 * n),
            right_piece(cost, 250 + gap, 100 + lower + 14 * n),
        )
    ]
    return left + right


@pytest.mark.parametrize(("gap", "lower"), [(150, 0), (60, 4)])
def test_two_tables_side_by_side_without_rules_are_two(gap, lower):
    assert texts(find_tables(beside(gap, lower=lower), [])) == [
        [" | ".join(row) for row in REGIONS],
        [" | ".join(row) for row in FUELS],
    ]


def test_a_table_with_names_in_a_column_amid_it_stays_one():
    rows = texts(find_tables(beside(60), []))

    assert rows[0][:2] == ["Region | 2021 | Fuel | Cost", "North | 12 | Gas | 120"]


def test_heads_of_one_and_two_lines_side_by_side_are_read_from_above():
    heads = [("#", 60, 100), ("layers", 50, 111), ("Language", 110, 104.8)]
    heads += [("Inference", 190, 100), ("time (s)", 190, 109.6)]

    rows = rows_of_cells(piece(text, x, y) for text, x, y in heads)

    assert [[each.text for each in row] for row in rows] == [
        ["#", "Language", "Inference"],
        ["layers", "time (s)"],
    ]


def test_names_of_columns_of_words_may_go_on_below():
    pieces = [piece("State funded", 200, 100), piece("CSOs", 320, 106 - 6)]
    pieces += [piece("legal aid", 200, 112)]
    for n, name in enumerate(("Children", "Women", "Migrants", "Elderly")):
        pieces += [piece(name, 60, 134 + 18 * n), piece("yes", 200, 134 + 18 * n)]
        pieces += [piece("no", 320, 134 + 18 * n)]

    (rows,) = texts(find_tables(pieces, []))

    assert rows[:2] == [" | State funded legal aid | CSOs", "Children | yes | no"]


def test_names_on_a_ground_over_the_rules_head_the_columns():
    pieces = [piece("Before", 85, 104), piece("After", 185, 104)]
    pieces += [piece(t, 55 + 100 * k, 125 + 20 * n) for n in range(2) for k, t in enumerate("ab")]

    assert texts(find_grids(grid((50, 150, 250), (120, 140, 160)), pieces, closed=True)) == [
        ["Before | After", "a | b", "a | b"]
    ]


def test_a_list_in_a_cell_is_no_rows():
    pieces = [piece("Name", 55, 105), piece("Meaning", 155, 105), piece("TYPE", 55, 125)]
    lines = ("Type of profile:", "- USER: a user.", "- GROUP: a group.")
    pieces += [piece(text, 155, 125 + 12 * n) for n, text in enumerate(lines)]

    assert texts(find_grids(grid((50, 150, 400), (100, 120, 170)), pieces, closed=True)) == [
        ["Name | Meaning", f"TYPE | {' '.join(lines)}"]
    ]


def test_words_that_run_upwards_keep_their_order():
    up = [Word("No", (160, 130, 170, 142), 10, angle=270)]
    up += [Word("Authority", (160, 104, 170, 128), 10, angle=270)]
    pieces = [piece("Action", 55, 125), Piece.of(up), piece("stop", 55, 149), piece("X", 160, 149)]

    tables = find_grids(grid((50, 150, 180), (100, 145, 165)), pieces, closed=True)

    assert texts(tables) == [["Action | No Authority", "stop | X"]]
