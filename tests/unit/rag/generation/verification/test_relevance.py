"""A further sentence stands where it rests on a place that may tell what is asked for."""

from dataclasses import replace

from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.draft import Sentence
from rag.generation.quotation.units import Unit
from rag.generation.verification.support import telling
from rag.retrieval.evidence.evidence import candidates

TEXT = "Dogs wait outside the house\nDogs have shade at the wall\nThe car takes nine minutes"
HIT = Hit(chunk=chunk("a", TEXT), score=1, rank=1, channel="reranked")
UNITS = [
    Unit(evidence=one, shown=one.text, chance=chance)
    for one, chance in zip(candidates(HIT), (0.5, 0.2, 0.01), strict=True)
]
FIRST = Sentence(text="Dogs wait outside the house.", numbers=(1,))
SHADE = Sentence(text="Dogs have shade at the wall.", numbers=(1,), is_further=True)
CAR = Sentence(text="The car takes nine minutes.", numbers=(1,), is_further=True)


def test_what_was_added_rests_on_a_likely_place():
    assert telling((FIRST, SHADE, CAR), UNITS) == (FIRST, SHADE)
    assert telling((FIRST, replace(SHADE, numbers=())), UNITS) == (FIRST,)


def test_what_the_model_wrote_of_itself_stands():
    own = replace(CAR, is_further=False)
    assert telling((FIRST, own), UNITS) == (FIRST, own)


def test_nothing_is_added_to_what_does_not_stand():
    assert telling((SHADE,), UNITS) == ()
