"""Where else a slide stands, as links in the source panel."""

import pytest
from builders_ui import SLIDES, a_document

from service.pages.same_slides import Moment, SlidePage
from ui.html.language import speaking
from ui.source.also import also_html, also_line

TALK = Moment(doc_id="a" * 64, source="talks/<b>.mp4", start_s=754.25)
PAGE = SlidePage(doc_id="b" * 64, source="slides.pdf", page=7)


def test_a_moment_is_a_link_that_opens_the_player_there():
    assert also_html([TALK]) == (
        f'Also in <a href="#document/{"a" * 64}/1?at=754.25"><bdi>&lt;b&gt;.mp4</bdi> at 12:34</a>'
    )


def test_a_page_is_a_link_that_opens_it():
    link = f'<a href="#document/{"b" * 64}/7">page 7 of <bdi>slides.pdf</bdi></a>'

    assert also_html([PAGE]) == f"Also in {link}"
    assert also_html([PAGE, PAGE]) == f"Also in {link}, {link}"
    assert also_html([]) == ""


def test_it_is_said_in_the_language_of_who_reads():
    with speaking("de"):
        assert also_html([PAGE]).startswith("Auch in ")


@pytest.mark.parametrize(
    ("media_type", "is_asked"),
    [("application/pdf", True), (SLIDES, True), ("video/mp4", True), ("text/plain", False)],
)
def test_slides_and_films_have_a_line_for_it(media_type, is_asked):
    doc = a_document(media_type=media_type)

    assert also_line(doc) == (
        f'<p class="also" data-also="{doc.id}" aria-live="polite" hidden></p>' if is_asked else ""
    )
