"""Rows of cells of forms and receipts: tables, and labels with values."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from ingest.layout.layout import Line
from ingest.lettering.form import FormBlock, form_blocks
from rag.datamodel import BBox

HEIGHT = 0.02
LETTER = 0.011


def cell(text: str, x0: float, row: float) -> Line:
    y0 = 0.05 + 0.03 * row
    box = BBox(x0=x0, y0=y0, x1=min(0.99, x0 + LETTER * len(text)), y1=y0 + HEIGHT)
    return Line(text=text, bbox=box, confidence=0.98)


def form(*rows: str, columns: tuple[float, ...] = (0.05, 0.45, 0.75)) -> list[list[Line]]:
    """Return rows of cells written with bars; an empty one is left out."""
    return [
        [
            cell(text.strip(), x, n)
            for text, x in zip(row.split("|"), columns, strict=False)
            if text.strip()
        ]
        for n, row in enumerate(rows)
    ]


def written(block: FormBlock) -> list[str]:
    return [" | ".join(line.text if line else "" for line in row) for row in block.rows]


def test_labels_and_values_are_no_table_whose_first_row_is_a_header():
    (block,) = form_blocks(form("Total || 86.00", "Visa || 86.00", "Change || 0.00"))

    assert not block.is_table
    assert written(block) == ["Total | 86.00", "Visa | 86.00", "Change | 0.00"]


def test_two_labels_in_a_row_are_two_lines_each_with_its_value():
    rows = [
        [
            cell("Report:", 0.05, 0),
            cell("R-17", 0.2, 0),
            cell("Date:", 0.5, 0),
            cell("1 May", 0.7, 0),
        ]
    ]

    (block,) = form_blocks(rows)

    assert written(block) == ["Report: | R-17", "Date: | 1 May"]


def test_a_cell_that_holds_label_and_value_begins_a_line_of_its_own():
    (block,) = form_blocks(form("Bill#:V001 | Order#: 140933"))

    assert written(block) == ["Bill#:V001", "Order#: 140933"]


def test_what_begins_where_labels_begin_is_no_value_of_the_label_before():
    rows = [
        [cell("Signed:", 0.05, 0), cell("E. Warren", 0.2, 0), cell("Records Office", 0.6, 0)],
        [cell("Name: Ella Warren", 0.05, 1), cell("Code: MRD-1028", 0.6, 1)],
        [cell("Licence: WA-45", 0.05, 2), cell("Date: 28 May", 0.6, 2)],
    ]

    (block,) = form_blocks(rows)

    assert written(block) == [
        "Signed: | E. Warren",
        "Name: Ella Warren",
        "Licence: WA-45",
        "Records Office",
        "Code: MRD-1028",
        "Date: 28 May",
    ]


def test_a_row_of_words_over_rows_with_figures_is_a_header():
    rows = form("Item | Qty | Price", "Rope | 2 | 14.20", "Lamp | 1 | 9.00", "Total: || 23.20")

    table, rest = form_blocks(rows)

    assert table.is_table
    assert written(table) == ["Item | Qty | Price", "Rope | 2 | 14.20", "Lamp | 1 | 9.00"]
    assert written(rest) == ["Total: | 23.20"]


def test_a_cell_that_is_left_empty_leaves_the_others_under_their_names():
    rows = form("Test | Result | Range", "Glucose | 118 | 70", "Sodium || 135")

    (table,) = form_blocks(rows)

    assert written(table)[-1] == "Sodium |  | 135"


def test_the_first_column_of_a_table_may_have_no_name():
    (table,) = form_blocks(form("| 2003 | 2002", "Sales | 10 | 9", "Costs | 8 | 7"))

    assert table.is_table
    assert written(table) == [" | 2003 | 2002", "Sales | 10 | 9", "Costs | 8 | 7"]


def test_names_of_two_lines_are_one_header():
    rows = form("Summary | Amount | Tax", "| (RM) | (RM)", "Rate A | 11.32 | 0.68")
    rows[1] = [
        replace(line, bbox=structs.replace(line.bbox, y0=line.bbox.y0 - 0.01)) for line in rows[1]
    ]

    (table,) = form_blocks(rows)

    assert written(table) == ["Summary | Amount (RM) | Tax (RM)", "Rate A | 11.32 | 0.68"]


def test_values_that_ocr_read_as_one_line_are_put_under_their_names():
    names = [cell("Date", 0.05, 0), cell("Time", 0.25, 0), cell("No", 0.4, 0)]
    values = Line(
        text="18/03/18           15:17       06051",
        bbox=BBox(x0=0.05, y0=0.08, x1=0.05 + 36 * LETTER, y1=0.1),
        confidence=0.9,
    )

    (block,) = form_blocks([names, [values]])

    assert written(block) == ["Date | 18/03/18", "Time | 15:17", "No | 06051"]
    assert abs(block.rows[1][1].bbox.x0 - 0.259) < 0.01


def test_a_name_may_hold_a_figure_and_a_cell_may_reach_under_the_next_name():
    rows = [
        [cell("Date", 0.05, 0), cell("Temp 7h", 0.12, 0), cell("Snow", 0.5, 0)],
        [cell("11 Mar -9.6", 0.05, 1), cell("WNW 7", 0.3, 1), cell("538", 0.5, 1)],
        [cell("12 Mar -11.2", 0.05, 2), cell("554", 0.5, 2)],
    ]

    (table,) = form_blocks(rows)

    assert table.is_table
    assert written(table)[1:] == ["11 Mar -9.6 | WNW 7 | 538", "12 Mar -11.2 |  | 554"]


def test_the_name_of_an_item_over_its_price_stays_in_the_table():
    rows = form(
        "Item | Qty | Price", "Fish soup", "3.20 | 1 | 3.20", "Bread", "1.00 | 2 | 2.00", "Bye"
    )

    table, rest = form_blocks(rows)

    assert written(table) == [
        "Item | Qty | Price",
        "Fish soup",
        "3.20 | 1 | 3.20",
        "Bread",
        "1.00 | 2 | 2.00",
    ]
    assert written(rest) == ["Bye"]


@given(
    st.lists(
        st.lists(
            st.sampled_from(["Total", "Date:", "86.00", "No: 4", "2003", "a b"]),
            min_size=1,
            max_size=4,
        ),
        max_size=8,
    )
)
def test_every_word_of_the_rows_is_in_one_cell(texts):
    rows = [
        [cell(text, 0.05 + 0.22 * x, n) for x, text in enumerate(row)]
        for n, row in enumerate(texts)
    ]

    blocks = form_blocks(rows)

    kept = [w for b in blocks for row in b.rows for line in row if line for w in line.text.split()]
    assert sorted(kept) == sorted(w for row in texts for text in row for w in text.split())


def test_labels_in_two_columns_are_read_column_by_column():
    rows = [
        [cell("Bill to:", 0.05, 0), cell("Invoice:", 0.6, 0), cell("4711", 0.8, 0)],
        [cell("ACME Ltd", 0.05, 0.7), cell("Date:", 0.6, 0.7), cell("1 May", 0.8, 0.7)],
        [cell("12 Lake Road", 0.05, 1.4)],
        [cell("Due:", 0.6, 2.1), cell("31 May", 0.8, 2.1)],
        [cell("Thank you for your order, which we have the honour to invoice", 0.05, 3)],
    ]

    (block,) = form_blocks(rows)

    assert written(block) == [
        "Bill to: | ACME Ltd",
        "12 Lake Road",
        "Invoice: | 4711",
        "Date: | 1 May",
        "Due: | 31 May",
        "Thank you for your order, which we have the honour to invoice",
    ]


def test_a_label_without_a_value_does_not_take_the_next_label():
    (block,) = form_blocks(form("Rounding:", "Payable: || 12.00", "", "Thanks"))

    assert written(block) == ["Rounding:", "Payable: | 12.00", "Thanks"]
