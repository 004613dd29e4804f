from rag.datamodel import (
    BBox,
    Document,
    Element,
    Provenance,
    Query,
)
from rag.generation.region import (
    described,
    is_vague,
    region_chunk,
    region_meant,
    wants_reading,
)
from rag.understanding.question.question import understand

TABLE = " | Depth | Days\n1998 | 212 cm | 140\n1999 | 317 cm | 171"


def box(x0, y0, x1, y1):
    return BBox(x0=x0, y0=y0, x1=x1, y1=y1)


def placed(text, *boxes, role="paragraph"):
    """Return an element on page 1 whose parts (lines, or cells that are not empty) have boxes."""
    provenances, at = [], 0
    for part in (p for p in text.replace(" | ", "\n").split("\n") if p.strip()):
        start = text.index(part, at)
        at = start + len(part)
        place = boxes[len(provenances)]
        provenances.append(Provenance(page=1, bbox=place, span=(start, at)))
    return Element(role=role, text=text, provenances=tuple(provenances))


def cells():
    """Return boxes of the table's cells but the empty one: three columns, three rows."""
    grid = [(x, y) for y in (0.5, 0.6, 0.7) for x in (0.1, 0.4, 0.7)][1:]
    return [box(x, y, x + 0.2, y + 0.05) for x, y in grid]


DOCUMENT = Document(
    id="d",
    sources=("snow.pdf",),
    media_type="application/pdf",
    page_count=1,
    elements=(
        placed("Snow report", box(0.1, 0.05, 0.5, 0.1), role="heading"),
        placed(
            "The pass was closed\nuntil the end of May.",
            box(0.1, 0.2, 0.9, 0.24),
            box(0.1, 0.25, 0.5, 0.29),
        ),
        placed(TABLE, *cells(), role="table"),
        placed("Table 1: Depths at the pass", box(0.1, 0.8, 0.9, 0.84), role="caption"),
    ),
)


def region(*sides):
    return region_chunk(DOCUMENT, page=1, bbox=box(*sides))


def test_whole_lines_are_taken_where_the_box_meets_them():
    assert region(0.2, 0.19, 0.6, 0.24).text == "The pass was closed"
    assert region(0.1, 0.19, 0.9, 0.3).text == "The pass was closed until the end of May."


def test_a_cell_brings_its_row_label_and_its_column_name():
    found = region(0.71, 0.61, 0.85, 0.64)

    assert found.text.split("\n") == [" | Days", "1998 | 140"]
    assert (found.role, found.headings) == ("table", ("Table 1: Depths at the pass",))


def test_sentences_and_captions_come_before_the_lettering_of_a_drawing():
    at = [box(0.1, y, 0.9, y + 0.04) for y in (0.1, 0.2, 0.3)]
    elements = (
        placed("300 cm", at[0], role="figure"),
        placed("Figure 1: Depths", at[1], role="caption"),
        placed("It snowed.", at[2]),
    )
    doc = Document(id="x", sources=("x",), media_type="x/x", page_count=1, elements=elements)
    found = region_chunk(doc, page=1, bbox=box(0, 0, 1, 1))

    assert found.text.split("\n") == ["Figure 1: Depths", "It snowed.", "300 cm"]


def test_words_that_were_read_stand_for_a_whole_drawings_lettering():
    drawing = Element(
        role="figure",
        text="a lot of lettering",
        provenances=(Provenance(page=1, bbox=box(0, 0, 1, 1), span=(0, 18)),),
    )
    doc = Document(id="x", sources=("x.pdf",), media_type="x/x", page_count=1, elements=(drawing,))
    small = box(0.4, 0.4, 0.5, 0.5)
    found = region_chunk(doc, page=1, bbox=small)

    assert wants_reading(found, small)
    assert region_chunk(doc, page=1, bbox=small, read="42 m").text == "42 m"


def test_a_question_that_only_points_is_told_from_one_that_asks():
    assert is_vague(understand("What is this?"))
    assert is_vague(understand(Query(region=region_chunk(DOCUMENT, page=1, bbox=box(0, 0, 1, 1)))))
    assert not is_vague(understand("How much?"))
    assert not is_vague(understand("What was the depth in 1998?"))


def test_only_questions_that_point_are_answered_by_the_words_of_the_region():
    found = region(0.2, 0.19, 0.6, 0.24)

    def answer(text):
        query = Query(text=text, region=found)
        meant = region_meant(understand(query))
        return described(meant, mark="[1]") if meant else ""

    assert answer("what is this?") == "**Snow report** — “The pass was closed” [1]"
    assert answer("When was it closed?") == ""
