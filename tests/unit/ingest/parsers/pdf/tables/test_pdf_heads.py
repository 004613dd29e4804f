import pytest
from builders_pdf import Page, parse_pdf, pdf_bytes, piece, right_piece

from ingest.parsers.pdf.tables.cells import PdfCell, PdfTable
from ingest.parsers.pdf.tables.heads import with_names_above

LEFT, RIGHTS, TOP = 50, (260, 360, 440, 520), 200
ROWS = (("AB 1", "2", "373", "0.70", "55"), ("AB 2", "4", "373", "0.30", "65"))
STACKED = {
    0: ("Filter",),
    1: ("Rated current", "@ 40 C", "[A]"),
    2: ("Leakage", "[mA]"),
    3: ("L", "[mH]"),
    4: ("Weight", "with box", "[g]"),
}


def placed(text, column, y):
    return right_piece(text, RIGHTS[column - 1], y) if column else piece(text, LEFT, y)


def table(*rows):
    """Return a table of rows 14 points apart, labels to the left, amounts to the right."""
    grid = [
        [placed(text, column, TOP + 14 * n) for column, text in enumerate(row)]
        for n, row in enumerate(rows or ROWS)
    ]
    pieces = tuple(piece for row in grid for piece in row)
    cells = tuple(tuple(PdfCell(lines=(piece.words,)) for piece in row) for row in grid)
    return PdfTable(rect=(LEFT, TOP, 520, TOP + 14 * len(grid)), rows=cells, pieces=pieces)


def stacked(names, *, step=12.0, below=4.0, down=0.0):
    """Return lines of names that end `below` the rows' top at most, odd columns `down` higher."""
    return [
        placed(line, column, TOP - below - down * (column % 2) - step * (len(lines) - n))
        for column, lines in names.items()
        for n, line in enumerate(lines)
    ]


def header(made):
    return [cell.text for cell in made.rows[0]]


@pytest.mark.parametrize("down", [0, 2, 4, 5])
@pytest.mark.parametrize("step", [11, 12, 16])
@pytest.mark.parametrize("below", [1, 6, 20])
def test_lines_above_amounts_are_the_names_of_their_columns_at_any_heights(down, step, below):
    names = stacked(STACKED, down=down, step=step, below=below)
    made = with_names_above(table(), names, [])

    assert header(made) == [" ".join(lines) for lines in STACKED.values()]
    assert made.rows[1:] == table().rows
    assert set(made.pieces) >= set(names)
    assert made.rect[1] == min(piece.rect[1] for piece in names)


def test_a_name_over_two_columns_is_in_both():
    names = stacked({0: ("Filter",), 1: ("A",), 2: ("B",), 3: ("x",), 4: ("y",)})
    group = piece("Size over the whole", 428, TOP - 32)

    assert header(with_names_above(table(), [*names, group], [])) == [
        "Filter",
        "A",
        "B",
        "Size over the whole x",
        "Size over the whole y",
    ]


def test_a_table_with_a_header_keeps_it():
    own = table(("Type", "a", "b", "c", "d"), *ROWS)

    assert with_names_above(own, stacked(STACKED), []) is own


def test_names_over_the_first_rule_of_a_page_head_its_table(tmp_path):
    page = Page().text(LEFT, 120, "Filter selection table", bold=True)
    for name in stacked(STACKED):
        page.text(*name.rect[:2], name.text)
    for n, row in enumerate(ROWS * 3):
        for column, text in enumerate(row):
            page.text(placed(text, column, 0).rect[0], TOP + 14 * n, text)
        page.rule(LEFT, TOP + 14 * n - 1, 530, TOP + 14 * n - 1)
    page.rule(LEFT, TOP + 84, 530, TOP + 84)
    elements = parse_pdf(tmp_path, pdf_bytes(page)).elements

    assert [(e.role, e.text.split("\n")[0]) for e in elements] == [
        ("title", "Filter selection table"),
        ("table", " | ".join(" ".join(lines) for lines in STACKED.values())),
    ]
