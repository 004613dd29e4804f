from dataclasses import replace

from builders_answer import chunk

from rag.answer.geometry import labels_of
from rag.datamodel import BBox, Provenance


def lettering(*lines):
    """Return a chunk of lines (text, x, y), each 0.2 wide and 0.05 high."""
    text, provenances = "", []
    for words, x, y in lines:
        box = BBox(x0=x, y0=y, x1=x + 0.2, y1=y + 0.05)
        span = (len(text), len(text) + len(words))
        provenances.append(Provenance(page=1, bbox=box, span=span))
        text += f"{words}\n"
    return replace(chunk("f", text, role="figure"), provenances=tuple(provenances))


CHART = lettering(("Share", 0.5, 0.1), ("Spain", 0.1, 0.3), ("34", 0.5, 0.3), ("2012", 0.5, 0.9))


def test_a_value_is_labelled_by_its_row_and_its_column():
    start = CHART.text.index("34")
    labels = labels_of(CHART, start, start + 2)

    assert labels.row == ("Spain",)
    assert labels.column == ("Share", "2012")


def test_numbers_label_nothing_but_years_do():
    grid = lettering(("34", 0.1, 0.3), ("35", 0.5, 0.3), ("2012", 0.1, 0.6))

    assert labels_of(grid, 0, 2).row == ()
    assert labels_of(grid, 0, 2).column == ("2012",)


def test_a_chunk_without_boxes_has_no_labels():
    assert labels_of(chunk("x", "Spain 34"), 6, 8) is None
