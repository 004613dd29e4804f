from builders_ui import a_chunk

from service.asking.places import Place
from ui.source.why import LEGEND, PASSAGE_CHARS, QUOTE_CHARS, quote_html, telling_html, why_html


def place(text="Deep snow fell.", quote="snow fell", why="Found by its words (1st)."):
    return Place(number=1, chunk=a_chunk(text), quote=quote, why=why)


def test_the_telling_words_of_a_quote_are_marked():
    html = quote_html(place(), [(0, 4), (5, 9)])

    assert (
        html
        == '<blockquote class="quote" tabindex="0"><b class="telling">snow</b> fell</blockquote>'
    )


def test_a_quote_of_several_places_has_no_words_marked():
    html = quote_html(place(text="Total\nCash\n25.50", quote="Total 25.50"), [(0, 5)])

    assert html == '<blockquote class="quote" tabindex="0">Total 25.50</blockquote>'


def test_of_a_long_quote_the_beginning_is_shown():
    html = quote_html(place(text="snow " * 100, quote=("snow " * 100).strip()), [])

    assert html.endswith(" …</blockquote>")
    assert len(html) < QUOTE_CHARS + 60


def test_it_is_said_how_a_place_was_found_with_its_passage():
    html = why_html(place(), [(5, 9)])

    assert "Found by its words (1st)." in html
    assert LEGEND in html
    assert 'Deep <b class="telling">snow</b> fell.' in html


def test_without_telling_words_the_passage_is_left_out():
    assert "passage" not in why_html(place(), [])


def test_a_place_of_which_nothing_is_known_says_nothing():
    assert why_html(place(why=""), [(0, 4)]) == ""


def test_words_of_documents_are_escaped():
    assert telling_html("<i>a</i> & b", [(3, 4)]) == (
        '&lt;i&gt;<b class="telling">a</b>&lt;/i&gt; &amp; b'
    )


def test_a_long_passage_is_cut_and_words_beyond_it_left_out():
    text = "snow " * PASSAGE_CHARS
    html = why_html(place(text=text), [(0, 4), (len(text) - 5, len(text) - 1)])

    assert html.count("telling") == 1
