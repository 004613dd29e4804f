import re

import pytest
from builders_ui import BOX, SLIDES, a_chunk, a_document
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import BBox, Element, ImageAsset, Provenance
from service.asking.places import Place
from service.asking.quoted import find_quote
from service.pages.slide_layout import font_cqw, slide_shape, table_font_cqw
from ui.html.marking import marked
from ui.source.reading import reading_html
from ui.source.slides import slide_html


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


def test_a_quote_over_several_elements_is_marked_line_by_line():
    spans = find_quote(paragraphs("One.", "Two.", "Three."), a_place("One.\nThree."))

    assert spans == {0: [(0, 4)], 2: [(0, 6)]}


def test_words_that_stand_nowhere_mark_nothing():
    assert "<mark>" not in reading_html(paragraphs("Snow."), a_place("Rain."))


@given(st.text(min_size=1), st.data())
def test_marks_leave_the_text_as_it_was(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    plain, with_marks = marked(text, []), marked(text, [(start, end)])

    assert with_marks.replace("<mark>", "").replace("</mark>", "") == plain


def test_a_table_is_a_table_and_the_cited_row_is_lit():
    table = Element(role="table", text="month | snow\nMay | 3 m\nJune | 1 m")
    html = reading_html([table], a_place("June | 1 m"))

    assert "<th>month</th><th>snow</th>" in html
    assert '<tr class="lit-row"><td><mark>June</mark></td><td><mark>1 m</mark></td></tr>' in html


def test_tables_and_lists_run_in_the_direction_of_their_script():
    table = Element(role="table", text="الشهر | الهطول\nيناير | 148")
    html = reading_html([table, Element(role="list", text="- أول ثلج")], None)

    assert '<table dir="auto">' in html
    assert '<ul dir="auto">' in html


def test_a_date_in_a_table_holds_together():
    html = reading_html([Element(role="table", text="day | snow\n2025-02-01 | 3-4 m deep")], None)

    assert '<tr><td class="whole">2025-02-01</td><td>3-4 m deep</td></tr>' in html


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
    html = slide_html(doc, 3, None, overlay="<i></i>")

    assert "left:25.000%;top:50.000%;width:50.000%;height:10.000%" in html
    assert html.index("Snow") < html.index("</i>") < html.index("Say this.")


def test_the_shape_of_slides_is_told_by_their_pictures():
    image = ImageAsset(
        id="a", path="x", media_type="image/png", width_px=400, height_px=300, phash="0"
    )
    box = BBox(x0=0, y0=0, x1=0.5, y1=0.5)
    picture = Element(role="figure", image=image, provenances=(Provenance(page=1, bbox=box),))

    assert slide_shape([picture]) == 4 / 3
    assert slide_shape([]) == 16 / 9


@given(st.text(max_size=4000))
def test_the_letters_of_a_slide_keep_a_readable_size(text):
    assert 0.9 <= font_cqw(text, BOX, shape=16 / 9) <= 4.2


def test_the_longest_words_of_a_table_stand_beside_each_other_in_its_box():
    box = BBox(x0=0.1, y0=0.1, x1=0.5, y1=0.9)  # 40 hundredths of the width
    narrow = table_font_cqw("Hut | Beds\nUpper hut | 40", box, shape=16 / 9)
    wide = table_font_cqw("Hut | Accommodation | Responsibility\nA | 4 | Bern", box, shape=16 / 9)

    assert narrow == 4.2
    assert wide * 0.66 * len("HutAccommodationResponsibility") < 40
    assert wide > 1


@given(st.text(max_size=400))
def test_the_letters_of_a_table_on_a_slide_keep_a_readable_size(text):
    assert 0.9 <= table_font_cqw(text, BOX, shape=16 / 9) <= 4.2


@pytest.mark.parametrize(
    ("role", "tops"), [("table", ["20.000%", "28.400%"]), ("figure", ["20.000%"])]
)
def test_a_caption_is_not_drawn_over_what_it_names(role, tops):
    box = BBox(x0=0.1, y0=0.2, x1=0.9, y1=0.8)
    place = (Provenance(page=1, bbox=box),)
    named = Element(role=role, text="Year | Snow\n2020 | 64", provenances=place)
    doc = a_document(named, Element(role="caption", text="Bar chart", provenances=place))

    slide, _, _ = slide_html(doc, 1, None, overlay="<i></i>").partition("<i></i>")

    assert sorted(re.findall(r"top:([\d.]+%)", slide)) == tops
    assert ("Bar chart" in slide) == (role == "table")
