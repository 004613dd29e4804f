"""What is said in a recording is cited with its time, by every way out."""

from builders_ui import a_chunk, a_hit, an_answer
from msgspec.structs import replace as moved

from pagelight.server.openai_api.completion_text import link
from pagelight.services.answering.answer_json import answer_json
from pagelight.services.answering.places import places_of
from rag.datamodel import Provenance

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
