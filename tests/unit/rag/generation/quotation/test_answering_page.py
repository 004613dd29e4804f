from dataclasses import replace

from builders_answer import chunk, hit

from rag.datamodel import Provenance
from rag.generation.quotation.units import Unit
from rag.generation.verification.confidence import CLEAR, answering_page
from rag.pipeline.quoting import led_by
from rag.retrieval.evidence.evidence import Evidence
from rag.retrieval.evidence.reading import asks_for
from rag.understanding.question.question import understand

ASKED = understand("How deep was the snow?")


def on_page(page, *, name="", rank=1, score=1.0):
    found = chunk(name or f"p{page}", f"Snow of page {page}.")
    return hit(replace(found, provenances=(Provenance(page=page),)), rank, score)


def found(of, chance):
    text = of.chunk.text
    evidence = Evidence(hit=of, start=0, end=len(text), score=chance, similarity=0.0)
    return Unit(evidence=evidence, shown=text, chance=chance)


def test_all_evidence_of_a_page_speak_for_it():
    first, second = on_page(1), on_page(2)
    answers = [found(first, 0.3), found(second, CLEAR / 2), found(second, CLEAR / 2)]

    assert answering_page(answers) == ("report.pdf", 2)


def test_the_best_hit_of_the_page_leads_and_the_others_keep_their_order():
    hits = [
        on_page(1, rank=1, score=0.9),
        on_page(2, rank=2, score=0.8),
        on_page(3, name="a", rank=3, score=0.7),
        on_page(3, name="b", rank=4, score=0.6),
    ]

    ordered = led_by(hits, ("report.pdf", 3), asked=ASKED)

    assert [(h.chunk.id, h.rank) for h in ordered] == [("a", 1), ("p1", 2), ("p2", 3), ("b", 4)]
    assert [h.score for h in ordered] == [0.9, 0.9, 0.8, 0.6]


def test_nothing_moves_for_no_page_or_an_unknown_one():
    hits = [on_page(1), on_page(2, rank=2)]

    assert led_by(hits, None, asked=ASKED) == hits
    assert led_by(hits, ("other.pdf", 9), asked=ASKED) == hits
    assert led_by(hits, ("report.pdf", 1), asked=ASKED) == hits
    assert led_by([], ("report.pdf", 1), asked=ASKED) == []


def test_the_photo_that_is_asked_about_stays_before_a_page_of_words():
    photo = on_page(1)
    photo = replace(photo, chunk=replace(photo.chunk, role="figure"))
    hits = [photo, on_page(2, rank=2)]
    page = ("report.pdf", 2)

    assert led_by(hits, page, asked=understand("Which flower is in the photo?")) == hits
    assert led_by(hits, page, asked=ASKED)[0].chunk.id == "p2"


def test_what_she_explains_is_asked_of_a_recording_and_of_no_page():
    page = on_page(1).chunk
    talk = replace(page, provenances=(Provenance(page=None, start_s=53.0),))
    told = understand("where does she explain the budget?")

    assert asks_for(told, talk)
    assert not asks_for(told, page)
    assert not asks_for(ASKED, talk)
