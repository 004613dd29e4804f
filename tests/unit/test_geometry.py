from dataclasses import replace

from builders_answer import chunk, hit, resolve_marks

from rag.datamodel import BBox, Context, Provenance
from rag.generation.citations import block_of


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


DRAWING = lettering(
    ("Wind shield", 0.1, 0.1),
    ("Collecting bucket, 30 litres,", 0.6, 0.4),
    ("with 4 litres of antifreeze", 0.6, 0.46),
    ("Load cell, reads every 6 s", 0.6, 0.8),
)


def test_lines_that_touch_are_one_block():
    start = DRAWING.text.index("30")

    found = block_of(DRAWING, start, start + 2)

    assert DRAWING.text[slice(*found)].split("\n") == [
        "Collecting bucket, 30 litres,",
        "with 4 litres of antifreeze",
    ]


def test_a_value_that_stands_alone_is_no_block():
    start = CHART.text.index("34")

    assert block_of(CHART, start, start + 2) is None


def test_of_a_drawing_the_answer_s_lettering_is_lit_and_no_other():
    quote = " ".join(DRAWING.text.split())
    (cited,), _ = resolve_marks(f"**30** — “{quote}” [1]", Context(hits=(hit(DRAWING),)))

    assert [round(p.bbox.y0, 2) for p in cited.provenances] == [0.4, 0.46]
    assert cited.quote.startswith("Wind shield")
