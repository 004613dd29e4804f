import pytest

from ingest.chunking.chunker import chunk_document
from rag.datamodel import FULL_PAGE, BBox, Document, Element, ImageAsset, Provenance


def count_words(text):
    return len(text.split()) + 2


def element(role, text, *, page=1, **kwargs):
    box = BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.2)
    where = Provenance(page=page, bbox=box, span=(0, len(text)))
    return Element(role=role, text=text, provenances=(where,), **kwargs)


def table(*rows, page=1):
    provenances = []
    offset = 0
    for row in rows:
        provenances.append(Provenance(page=page, bbox=FULL_PAGE, span=(offset, offset + len(row))))
        offset += len(row) + 1
    return Element(role="table", text="\n".join(rows), provenances=tuple(provenances))


def chunks_of(*elements, max_tokens=60, title="Snow", source="a/snow_report.pdf"):
    document = Document(
        id="d", sources=(source,), media_type="application/pdf", title=title, elements=elements
    )
    return chunk_document(document, count_tokens=count_words, max_tokens=max_tokens)


def test_name_title_and_headings_stand_before_the_text_and_not_in_it():
    (chunk,) = chunks_of(
        element("heading", "Depths", level=1), element("paragraph", "It was deep.")
    )

    assert chunk.context == "snow report — Snow — Depths"
    assert chunk.text == "Depths\nIt was deep."
    assert chunk.headings == ("Depths",)


def test_a_chunk_never_leaves_its_page():
    chunks = chunks_of(element("paragraph", "one"), element("paragraph", "two", page=2))

    assert [(c.page, c.text) for c in chunks] == [(1, "one"), (2, "two")]


def test_every_piece_of_a_table_repeats_its_header_and_keeps_rows_whole():
    rows = [f"{year} | {year + 1} cm of snow" for year in range(2000, 2030)]
    chunks = chunks_of(table("Year | Depth", *rows))

    assert len(chunks) > 1
    assert all(c.text.startswith("Year | Depth\n") for c in chunks)
    assert [row for c in chunks for row in c.text.split("\n")[1:]] == rows


def test_a_table_row_is_cited_with_its_own_box():
    row_box = BBox(x0=0.1, y0=0.5, x1=0.9, y1=0.6)
    rows = Element(
        role="table",
        text="Year | Depth\n2001 | 5",
        provenances=(
            Provenance(page=1, bbox=FULL_PAGE, span=(0, 12)),
            Provenance(page=1, bbox=row_box, span=(13, 21)),
        ),
    )
    (chunk,) = chunks_of(rows)
    start = chunk.text.index("2001")

    assert [p.bbox for p in chunk.locate(start, start + 8)] == [row_box]


def test_a_figure_chunk_holds_caption_lettering_and_picture():
    image = ImageAsset(
        id="i", path="i.png", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
    )
    figure = element("figure", "2019\n2020", image=image, kind="line chart")
    (chunk,) = chunks_of(figure, element("caption", "Figure 3: Depths by year"))

    assert chunk.role == "figure"
    assert chunk.image == image
    assert chunk.text == "Figure 3: Depths by year\n2019\n2020"
    assert chunk.kind == "line chart"


def test_a_figure_and_the_paragraph_that_mentions_it_are_neighbours():
    image = ImageAsset(
        id="i", path="i.png", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
    )
    chunks = chunks_of(
        element("paragraph", "Depths fell, as figure 3 shows."),
        element("paragraph", "Elsewhere.", page=2),
        element("figure", "2019", image=image, page=3),
        element("caption", "Fig. 3: Depths", page=3),
    )

    assert chunks[0].id in chunks[2].neighbours
    assert chunks[2].id in chunks[0].neighbours


def test_each_turn_of_a_recording_is_a_chunk_below_its_chapter():
    def timed(role, text, start_s):
        place = Provenance(span=(0, len(text)), start_s=start_s)
        return Element(role=role, text=text, level=1, provenances=(place,))

    chunks = chunks_of(
        timed("heading", "Budget", 30.0),
        timed("paragraph", "It doubles.", 31.0),
        timed("paragraph", "It halves.", 62.0),
    )

    assert [(chunk.text, chunk.provenances[-1].start_s) for chunk in chunks] == [
        ("Budget\nIt doubles.", 31.0),
        ("It halves.", 62.0),
    ]
    assert chunks[1].headings == ("Budget",)


@pytest.mark.parametrize(
    "shown",
    [table("Year | Depth", "1999 | 3 m"), element("figure", "3 m")],
    ids=["table", "figure"],
)
def test_a_heading_right_above_a_table_or_figure_is_no_chunk_of_its_own(shown):
    chunks = chunks_of(element("heading", "Depths", level=1), shown)

    assert [(c.role, c.headings) for c in chunks] == [(shown.role, ("Depths",))]
    assert chunks[0].context.endswith("Depths")
