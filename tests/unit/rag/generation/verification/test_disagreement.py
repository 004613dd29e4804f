"""What another document tells of the same thing with another number is shown below an answer."""

import pytest
from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.draft import Sentence
from rag.generation.quotation.units import Unit
from rag.generation.verification.support import told_otherwise
from rag.retrieval.evidence.evidence import candidates

QUESTION = "How deep was the snow at the station in March 1999?"
SAID = "The snow at the station was 612 cm deep on 14 March 1999."
DRAFT = "The report says that the snow at the station was 612 cm deep in March 1999."
REPORT = ("report.pdf", SAID)


def told(*places, said=SAID, question=QUESTION):
    """Return the sentence that tells otherwise, of places as (source, text); the first is cited."""
    hits = [
        Hit(chunk=chunk(str(n), text, source=source), score=1, rank=n, channel="reranked")
        for n, (source, text) in enumerate(places, start=1)
    ]
    units = [
        Unit(evidence=one, shown=one.text, chance=0.1) for hit in hits for one in candidates(hit)
    ]
    other = told_otherwise((Sentence(text=said, numbers=(1,)),), question, units)
    return other.shown if other else None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "The snow at the station was 587 cm deep on 14 March 1999.",
            "The snow at the station was 587 cm deep on 14 March 1999.",
        ),
        (
            f"{DRAFT} The stake read 587 cm that morning.",
            "The stake read 587 cm that morning.",
        ),
    ],
)
def test_another_number_of_the_same_measure_is_told(text, shown):
    assert told(REPORT, ("letter.docx", text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "The snow at the station was 612 cm deep on 14 March 1999.",  # the same
        "The snow at the station was 587 cm deep on 14 March 2001.",  # of another year
        "The snow at the station fell for 12 days in March 1999.",  # another measure
        "The fence at the hut is 120 cm high.",  # of another thing
    ],
)
def test_what_tells_the_same_or_of_another_thing_is_not(text):
    assert told(REPORT, ("letter.docx", text)) is None


def test_what_the_cited_document_tells_besides_is_not():
    assert told(REPORT, ("report.pdf", "The snow at the station was 9 cm deep.")) is None
