from builders_ui import BOX, SLIDES, a_chunk, a_document

from pagelight.services.answering.places import Place, found_in
from pagelight.ui.source.panel import slide_html
from pagelight.ui.source.reading import LongTables, find_quote, reading_html
from rag.datamodel import BBox, Document, Element, Provenance


def paragraphs(*texts):
    return [Element(role="paragraph", text=text) for text in texts]


def a_place(quote, *, chunk_text="", page=None):
    chunk = a_chunk(chunk_text or quote, provenances=())
    return Place(number=1, chunk=chunk, page=page, quote=quote)


def test_the_cited_words_are_marked():
    texts = paragraphs("It <b>rained</b>.", "Snow\nfell  all day.")
    html = reading_html(texts, a_place("Snow fell all"))

    assert "<mark>Snow&#10;fell  all</mark> day." in html
    assert "It &lt;b&gt;rained" in html


def test_of_equal_places_the_one_in_the_chunk_is_marked():
    elements = paragraphs("Total\n10", "Total\n20 of the second table")
    spans = find_quote(elements, a_place("Total", chunk_text="Total\n20 of the second table"))

    assert list(spans) == [1]


def test_a_table_is_a_table_and_the_cited_row_is_lit():
    table = Element(role="table", text="month | snow\nMay | 3 m\nJune | 1 m")
    html = reading_html([table], a_place("June | 1 m"))

    assert "<th>month</th><th>snow</th>" in html
    assert '<tr class="lit-row"><td><mark>June</mark></td><td><mark>1 m</mark></td></tr>' in html


def test_a_long_table_shows_its_header_and_the_page_of_the_cited_row():
    rows = "\n".join(f"row {n} | {n}" for n in range(10_000))
    doc = a_document(Element(role="table", text=f"name | n\n{rows}"))
    tables = LongTables(doc, MillionOrders())  # of this one it keeps nothing
    html = reading_html(doc.elements, a_place("row 5000 | 5000"), tables=tables)

    assert "<mark>row 5000</mark>" in html
    assert "<th>name</th>" in html
    assert "Rows 5,001 to 5,100 of 10,000" in html
    assert len(html) < 30_000
    assert "Rows 9,901 to 10,000 of 10,000" in tables.page(0, 20_000, {})


def test_a_long_document_shows_what_stands_around_the_cited_words():
    texts = [f"Paragraph {n}. " + "word " * 100 for n in range(1000)]
    html = reading_html(paragraphs(*texts), a_place("Paragraph 500."))

    assert "<mark>Paragraph 500.</mark>" in html
    assert "Earlier parts are not shown." in html
    assert len(html) < 150_000


def test_a_slide_sets_each_text_into_its_box():
    title = Element(role="title", text="Snow", provenances=(Provenance(page=3, bbox=BOX),))
    note = Element(role="paragraph", text="Say this.", provenances=(Provenance(page=3),))
    doc = a_document(title, note, media_type=SLIDES, page_count=4)
    html = slide_html(doc, 3, None)

    assert "left:25.000%;top:50.000%;width:50.000%;height:10.000%" in html
    assert html.index("Snow") < html.index("data-box") < html.index("Say this.")


NEXT = BBox(x0=0.25, y0=0.6, x1=0.75, y1=0.7)
LINES = "The snow was deep. Deep snow\nfell again."
PARAGRAPH = Element(
    role="paragraph",
    text=LINES,
    provenances=(
        Provenance(page=3, bbox=BOX, span=(0, 28)),
        Provenance(page=3, bbox=NEXT, span=(29, len(LINES))),
    ),
)


def found(words, *elements):
    return [(p.quote, p.page, p.boxes) for p in found_in(a_document(*elements), words)]


def test_words_are_found_across_a_line_end_and_both_lines_are_lit():
    assert found("snow  fell", PARAGRAPH) == [("The snow was deep. Deep snow", 3, (BOX, NEXT))]


def test_what_is_found_is_quoted_from_a_whole_word_to_one():
    line = f"{'wind ' * 20}Snow fell{' rain' * 20}\nSun"
    ((quote, *_),) = found("snow", Element(role="paragraph", text=line))

    assert quote == f"… {'wind ' * 15}Snow fell{' rain' * 15} …"


def test_of_equal_rows_the_one_that_was_found_is_marked():
    table = Element(role="table", text="Day | Snow\n1 | 3 cm\n1 | 3 cm")
    doc = a_document(table, media_type="text/csv")
    _, second = found_in(doc, "3 cm")
    html = reading_html(doc.elements, second)

    assert html.count("<mark>3 cm</mark>") == 1
    assert html.index("<td>3 cm</td>") < html.index("<mark>3 cm</mark>")


TEXT = "\n".join(["Order | Amount", *(f"{n} | {n % 7}" for n in range(250))])
ORDERS = Document(
    id="d1",
    sources=("orders.csv",),
    media_type="text/csv",
    elements=(Element(role="table", text=TEXT), Element(role="table", text="a | b\n1 | 2")),
)


class MillionOrders:
    """Keeps the table of `TEXT`, and more rows of it than that text holds."""

    def kept_rows(self, doc_id, text, first, count):
        rows = [(str(n), "<b>") for n in range(1_000_000)[first : first + count]]
        return (1_000_000, rows) if (doc_id, text) == ("d1", TEXT) else (0, [])

    def row_of(self, doc_id, text, cells):
        is_kept = (doc_id, text) == ("d1", TEXT) and cells[1] == "<b>"
        return int(cells[0]) if is_kept else None


LONG = LongTables(ORDERS, MillionOrders())


def made_place(*lines):
    quote = "\n".join(lines)
    chunk = a_chunk(f"Order | Amount\n{quote}", id="rows:1", role="table")
    return Place(number=1, chunk=chunk, quote=quote)


def test_a_page_of_rows_holds_the_row_and_tells_where_it_is():
    html = LONG.page(0, 734_512, {})

    assert "Rows 734,501 to 734,600 of 1,000,000" in html
    assert html.count("<tr>") == 101
    assert 'data-leaf="734400"' in html
    assert 'data-leaf="734600"' in html
    assert "<td>734500</td><td>&lt;b&gt;</td>" in html


def test_the_page_with_the_cited_row_is_shown_with_its_words_lit():
    html = reading_html(ORDERS.elements, made_place("734512 | <b>"), tables=LONG)

    assert "Rows 734,501 to 734,600" in html
    assert "<mark>734512</mark>" in html
    assert html.count("lit-row") == 1
    assert 'data-seek="734512">Cited row 734,513<' in html


def test_a_cited_row_of_the_text_itself_is_found_by_its_place():
    place = Place(number=1, chunk=a_chunk(TEXT, role="table"), quote="211 | 1")

    assert "Rows 201 to 300" in reading_html(ORDERS.elements, place, tables=LONG)
