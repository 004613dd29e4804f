from builders_ui import a_chunk

from pagelight.services.answering.places import Place
from pagelight.ui.source.why import LEGEND, quote_html, telling_html, why_html


def place(text="Deep snow fell.", quote="snow fell", why="Found by its words (1st)."):
    return Place(number=1, chunk=a_chunk(text), quote=quote, why=why)


def test_the_telling_words_of_a_quote_are_marked():
    html = quote_html(place(), [(0, 4), (5, 9)])

    assert (
        html
        == '<blockquote class="quote" tabindex="0"><b class="telling">snow</b> fell</blockquote>'
    )


def test_it_is_said_how_a_place_was_found_with_its_passage():
    html = why_html(place(), [(5, 9)])

    assert "Found by its words (1st)." in html
    assert LEGEND in html
    assert 'Deep <b class="telling">snow</b> fell.' in html


def test_words_of_documents_are_escaped():
    assert telling_html("<i>a</i> & b", [(3, 4)]) == (
        '&lt;i&gt;<b class="telling">a</b>&lt;/i&gt; &amp; b'
    )
