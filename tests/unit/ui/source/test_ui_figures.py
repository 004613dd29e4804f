from dataclasses import replace

import pytest
from builders_ui import BOX, a_chunk, an_answer
from msgspec import structs

from rag.datamodel import FULL_PAGE, Figure, ImageAsset
from ui.answers.render import answer_html
from ui.source.figures import box_name, box_named

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


def test_where_the_words_are_the_caption_the_picture_comes_first():
    told = figure(caption="Depths", image=IMAGE)
    html = answer_html(an_answer("**Depths** — page 2 [1]", a_chunk(), figures=(told,)), key="k")

    assert html.index("/asset/") < html.index("<strong>Depths</strong>")
    assert "caption" not in html


def test_below_a_list_a_picture_stands_though_an_item_has_its_name():
    named = figure(caption="Depths", image=IMAGE)
    html = answer_html(
        an_answer("- **Depths** — Snow fell. [1]", a_chunk(), figures=(named,)), key="k"
    )

    assert html.index("<strong>Depths</strong>") < html.index("/asset/")


def test_a_table_of_a_drawn_page_is_shown_as_it_stands_there():
    table = figure(bbox=BOX, media_type="application/pdf")
    html = answer_html(an_answer("It is 3. [1]", a_chunk(), figures=(table,)), key="k")

    assert f"/crop/{a_chunk().doc_id}/2/" in html


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


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"image": IMAGE}, 'width="9" height="9"'),
        (
            {"image": structs.replace(IMAGE, width_px=1200, height_px=300)},
            'width="1200" height="300"',
        ),
        ({"bbox": FULL_PAGE, "media_type": "application/pdf"}, 'width="10000" height="14143"'),
    ],
)
def test_a_picture_has_its_room_before_it_comes(changes, size):
    answer = an_answer("Snow fell. [1]", a_chunk(), figures=(figure(**changes),))

    assert size in answer_html(answer, key="k")


def test_the_name_of_a_box_is_read_back():
    assert box_named(box_name(BOX)) == BOX
    assert box_named("1-2-3-x") is None
    assert box_named("5-5-5-9") is None
