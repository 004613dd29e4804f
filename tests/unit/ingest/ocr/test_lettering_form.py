"""Rows of cells of forms and receipts: tables, and labels with values."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.layout import Line
from ingest.ocr.form import FormBlock, form_blocks
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


def test_a_row_of_words_over_rows_with_figures_is_a_header():
    rows = form("Item | Qty | Price", "Rope | 2 | 14.20", "Lamp | 1 | 9.00", "Total: || 23.20")

    table, rest = form_blocks(rows)

    assert table.is_table
    assert written(table) == ["Item | Qty | Price", "Rope | 2 | 14.20", "Lamp | 1 | 9.00"]
    assert written(rest) == ["Total: | 23.20"]


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
