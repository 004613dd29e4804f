from builders_ui import BOX, SLIDES, a_chunk, a_document

from pagelight.services.answering.places import Place
from pagelight.ui.source.marking import find_quote
from pagelight.ui.source.reading import reading_html
from pagelight.ui.source.slides import slide_html
from rag.datamodel import Element, Provenance


def paragraphs(*texts):
    return [Element(role="paragraph", text=text) for text in texts]


def a_place(quote, *, chunk_text="", page=None):
    chunk = a_chunk(chunk_text or quote, provenances=())
    return Place(number=1, chunk=chunk, page=page, quote=quote)


def test_the_cited_words_are_marked():
    html = reading_html(paragraphs("It rained.", "Snow fell all day."), a_place("fell all"))

    assert "Snow <mark>fell all</mark> day." in html


def test_a_quote_is_found_across_line_ends():
    html = reading_html(paragraphs("Snow\nfell  all day."), a_place("Snow fell all"))

    assert "<mark>Snow&#10;fell  all</mark> day." in html


def test_of_equal_places_the_one_in_the_chunk_is_marked():
    elements = paragraphs("Total\n10", "Total\n20 of the second table")
    spans = find_quote(elements, a_place("Total", chunk_text="Total\n20 of the second table"))

    assert list(spans) == [1]


def test_a_table_is_a_table_and_the_cited_row_is_lit():
    table = Element(role="table", text="month | snow\nMay | 3 m\nJune | 1 m")
    html = reading_html([table], a_place("June | 1 m"))

    assert "<th>month</th><th>snow</th>" in html
    assert '<tr class="lit-row"><td><mark>June</mark></td><td><mark>1 m</mark></td></tr>' in html


def test_a_long_table_shows_its_header_and_the_rows_around_the_cited_one():
    rows = "\n".join(f"row {n} | {n}" for n in range(10_000))
    html = reading_html(
        [Element(role="table", text=f"name | n\n{rows}")], a_place("row 5000 | 5000")
    )

    assert "<mark>row 5000</mark>" in html
    assert "<th>name</th>" in html
    assert len(html) < 30_000
    assert "4,920 more rows are not shown." in html


def test_a_long_document_shows_what_stands_around_the_cited_words():
    texts = [f"Paragraph {n}. " + "word " * 100 for n in range(1000)]
    html = reading_html(paragraphs(*texts), a_place("Paragraph 500."))

    assert "<mark>Paragraph 500.</mark>" in html
    assert "Earlier parts are not shown." in html
    assert len(html) < 150_000


def test_markup_in_a_document_is_shown_not_obeyed():
    html = reading_html(paragraphs("<script>alert(1)</script>"), None)

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_slide_sets_each_text_into_its_box():
    title = Element(role="title", text="Snow", provenances=(Provenance(page=3, bbox=BOX),))
    note = Element(role="paragraph", text="Say this.", provenances=(Provenance(page=3),))
    doc = a_document(title, note, media_type=SLIDES, page_count=4)
    html = slide_html(doc, 3, None)

    assert "left:25.000%;top:50.000%;width:50.000%;height:10.000%" in html
    assert html.index("Snow") < html.index("data-box") < html.index("Say this.")
