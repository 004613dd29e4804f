from dataclasses import replace

from builders_ui import a_chunk, an_answer

from pagelight.ui.answers.render import answer_html
from rag.datamodel import Figure, ImageAsset

IMAGE = ImageAsset(
    id="f" * 64, path="x", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
)


def figure(**changes):
    values = {"citation": 0, "caption": "Depths <b>", "alt": "Depths. 212 317", "page": 2}
    return Figure(**values | changes)


def test_a_picture_stands_below_the_words_that_cite_it():
    html = answer_html(
        an_answer("Snow fell. [1]\n\nRain fell.", a_chunk(), figures=(figure(image=IMAGE),)),
        key="k",
    )
    words, picture, later = (
        html.index(part) for part in ("Snow fell.", f"/asset/{IMAGE.id}", "Rain fell.")
    )

    assert words < picture < later
    assert 'alt="Depths. 212 317"' in html
    assert "Depths &lt;b&gt; · page 2" in html
    assert 'class="picture" name="source" value="k/0"' in html


def test_a_table_without_a_drawn_page_is_its_header_and_the_cited_row():
    rows = "Name | Weeks\nIlse <i> | 19\nTomasz | 22"
    chunk = a_chunk(rows, role="table", provenances=())
    answer = an_answer("It is 19. [1]", chunk, figures=(figure(page=None),))
    (cited,) = answer.citations
    answer = replace(answer, citations=(replace(cited, quote="Ilse <i> | 19"),))
    html = answer_html(answer, key="k")

    assert "<th>Name</th><th>Weeks</th>" in html
    assert "<td>Ilse &lt;i&gt;</td><td>19</td>" in html
    assert "Tomasz" not in html
