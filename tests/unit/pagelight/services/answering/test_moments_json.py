"""Programs are told the second at which a place of a recording begins."""

from pagelight.services.answering.answer_json import hits_json
from rag.datamodel import Chunk, Hit, Provenance


def hit(*provenances):
    chunk = Chunk(
        id="c", doc_id="d", source="a.mp4", ordinal=0, text="It turns.", provenances=provenances
    )
    return Hit(chunk=chunk, score=0.5, rank=1, channel="lexical")


def test_a_hit_in_a_recording_says_its_second_and_a_page_says_none():
    spoken, written = hits_json(
        [hit(Provenance(start_s=12.5, end_s=14.0)), hit(Provenance(page=3))], question="it"
    )

    assert spoken["start_s"] == 12.5
    assert written["start_s"] is None
