"""A recording in the source panel: the player, its time line and captions, the transcript."""

import re
from dataclasses import replace

import pytest
from builders_ui import a_chunk, a_document, a_hit, an_answer
from fake_library import FakeLibrary, FakeRenderer
from msgspec import structs
from msgspec.structs import replace as moved

from pagelight.server.openai_api.completion_form import link
from pagelight.services.answering.answer_json import answer_json
from pagelight.services.answering.places import Place, found_in, places_of
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.source.panel import outline_html, panel_html
from pagelight.ui.source.recording import webvtt
from rag.datamodel import FULL_PAGE, BBox, Element, ImageAsset, Provenance

SLIDE = ImageAsset(
    id="f" * 64, path="x", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
)
LINE = re.compile(r'<span class="line" data-at="([\d.]+)">(.*?)</span>')


def spoken(*lines, gap=" "):
    """One turn: each line is (its words, from, to)."""
    text, places = "", []
    for words, start_s, end_s in lines:
        start = len(text) + len(gap) if text else 0
        text += gap + words if text else words
        span = (start, len(text))
        places.append(Provenance(span=span, start_s=start_s, end_s=end_s))
    return Element(role="paragraph", text=text, provenances=tuple(places))


def timed(role, text, start_s, **more):
    place = Provenance(span=(0, len(text)), start_s=start_s, end_s=start_s + 9)
    return Element(role=role, text=text, provenances=(place,), **more)


FACTS = Element(
    role="paragraph", text="Length: 1:02:30", provenances=(Provenance(span=(0, 15), start_s=0.0),)
)
OPENING = spoken(("Snow <fell>", 0.5, 2.0), ("all night.", 2.0, 3.25))
BUDGET = spoken(("The budget doubles.", 3601.0, 3603.5), ("Who pays?", 3604.0, 3604.0), gap="\n")


@pytest.fixture
def talk():
    return a_document(
        FACTS,
        OPENING,
        timed("heading", "Budget", 3600.0),
        timed("figure", "Budget 2026", 3600.5, image=SLIDE),
        BUDGET,
        source="talks/snow.mp4",
        media_type="video/mp4",
        title="Snow",
        language="en",
    )


@pytest.fixture
def pages(talk, tmp_path):
    return Pages(FakeLibrary(talk, folder=tmp_path), renderer=FakeRenderer())


def cited(quote, start_s):
    chunk = a_chunk(quote, source="talks/snow.mp4")
    return Place(number=1, chunk=chunk, quote=quote, start_s=start_s)


def test_a_cited_moment_is_where_the_player_stands_and_its_line_is_marked(talk, pages):
    html = panel_html(talk, 1, pages, place=cited("The budget doubles.", 3601.0), of=(0, 1))

    assert f'src="/recording/{talk.id}#t=3601.0"' in html
    assert 'preload="metadata"' in html
    assert 'data-from="3601.0"' in html
    assert LINE.findall(html) == [
        ("0.5", "Snow &lt;fell&gt;"),
        ("2.0", "all night."),
        ("3601.0", "<mark>The budget doubles.</mark>"),
        ("3604.0", "Who pays?"),
    ]


def test_chapters_and_slides_stand_along_the_time_and_in_the_contents(talk, pages):
    html = panel_html(talk, 1, pages)

    assert re.findall(r'class="stop" data-at="([\d.]+)"', html) == ["3600.0", "3600.5"]
    assert 'aria-label="Slide at 1:00:00 Budget 2026"' in html
    assert f'src="/asset/{SLIDE.id}"' in html
    assert '<span class="chapter-name"><bdi>Budget</bdi></span>' in html
    assert 'data-heading="Budget" data-at="3600.0"' in outline_html(talk, page=1)
    assert ">1:00:00</span>" in outline_html(talk, page=1)


def test_the_words_that_are_cited_of_a_slide_are_outlined_on_it(talk, pages):
    """While it is shown, each time, in the shape of its frame."""
    words = BBox(x0=0.1, y0=0.2, x1=0.6, y1=0.3)
    text = "Budget\nWinch: 212,000"
    places = (
        Provenance(bbox=FULL_PAGE, span=(0, 6), start_s=40.0, end_s=45.5),
        Provenance(bbox=words, span=(7, 21), start_s=40.0, end_s=45.5),
        Provenance(bbox=FULL_PAGE, start_s=90.0, end_s=95.0),
    )
    image = structs.replace(SLIDE, width_px=320, height_px=240)
    slide = Element(role="figure", text=text, image=image, provenances=places)
    doc = replace(talk, elements=(*talk.elements, slide))
    chunk = a_chunk(text, source="talks/snow.mp4", provenances=places)
    place = Place(number=1, chunk=chunk, quote="Winch: 212,000", start_s=40.0, boxes=(words,))
    html = panel_html(doc, 1, pages, place=place)

    assert (
        '<div class="screen" data-shown="40.0-45.5 90.0-95.0" style="--shape:1.3333"><video' in html
    )
    assert html.count('<i class="lit') == 1
    assert "left:10.000%;top:20.000%;width:50.000%;height:10.000%" in html
    spoken = cited("The budget doubles.", 3601.0)
    assert "screen" not in panel_html(doc, 1, pages, place=spoken)


def test_no_words_of_a_recording_end_a_caption_or_begin_another():
    said = spoken(("-->\n\n00:00 --> 00:09 <b>", 1.0, 2.0))

    assert webvtt([said]).count("\n\n") == 1
    assert "&lt;b&gt;" in webvtt([said])
    assert webvtt([said]).count("-->") == 1


def test_a_link_to_a_moment_and_words_that_are_found_lead_to_their_second(talk, pages):
    assert 'data-from="754.2"' in panel_html(talk, 1, pages, at_s=754.2)
    (place,) = found_in(talk, "pays")
    html = panel_html(talk, 1, pages, place=place, of=(0, 1))

    assert "#t=3604.0" in html
    assert LINE.findall(html)[-1] == ("3604.0", "Who <mark>pays</mark>?")


def heading(text, level=1):
    return Element(role="heading", text=text, level=level)


def test_headings_and_pages_lead_around_in_a_document():
    html = outline_html(a_document(heading("Snow <b>"), page_count=3), page=2)

    assert "<bdi>Snow &lt;b&gt;</bdi>" in html
    assert re.findall(r'data-page="(\d)" aria-label="Page', html) == ["1", "2", "3"]
    assert html.count("/1.png?w=200") == 1
    assert re.findall(r'aria-label="([\w ]+)" aria-current="page"', html) == ["Page 2"]


MOMENT = Provenance(span=(0, 10), start_s=754.2, end_s=756.00049)


def said(start_s=754.2):
    return a_chunk(
        source="talk.mp4", id=f"{start_s}", provenances=(moved(MOMENT, start_s=start_s),)
    )


def test_a_citation_tells_from_and_to_which_second():
    chunk = said()
    answer = an_answer("Snow fell. [1]", chunk, hits=(a_hit(chunk),))
    told = answer_json(answer, profile="embedded")
    paged = answer_json(an_answer("Snow fell. [1]", a_chunk()), profile="embedded")

    for one in (told["citations"][0], told["hits"][0]):
        assert (one["page"], one["start_s"], one["end_s"]) == (None, 754.2, 756.0)
    assert (paged["citations"][0]["start_s"], paged["citations"][0]["end_s"]) == (None, None)


def test_a_footnote_of_another_program_leads_to_the_moment():
    (place,) = places_of(an_answer("Snow fell. [1]", said()))
    (page,) = places_of(an_answer("Snow fell. [1]", a_chunk()))

    assert link(place, base="http://a/") == f"http://a/#document/{place.chunk.doc_id}/1?at=754.2"
    assert link(page, base="/") == f"/#document/{page.chunk.doc_id}/2"
