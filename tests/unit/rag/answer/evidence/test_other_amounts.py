"""Numbers that are another amount than the one asked for."""

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.answer_candidates import shorts_of
from rag.answer.evidence.evidence import candidates
from rag.answer.evidence.other_amounts import is_other_amount
from rag.answer.evidence.reading import UNREAD
from rag.answer.question.question import understand


def kept(question, text):
    """Return the numbers of a sentence that may be the amount that is asked for."""
    asked = understand(question)
    (found,) = candidates(hit(chunk("x", text)))
    shorts = [s for s in shorts_of(found, UNREAD, "number") if s.text[:1].isdigit()]
    return [short.text for short in shorts if not is_other_amount(short, asked)]


@pytest.mark.parametrize(
    ("question", "text", "left"),
    [
        ("How long does the walk take?", "The way round takes 50 minutes longer.", []),
        ("How long does the walk take?", "The way up takes 130 minutes in all.", ["130 minutes"]),
        ("How warm was June?", "June was between 1.6 and 2.2 degrees warmer than May.", []),
        ("How much longer is the way round?", "It takes 50 minutes longer.", ["50 minutes"]),
        ("How many people visited?", "Groups have at most 24 people.", []),
        ("How many people visited?", "The hut was visited by at least 24 people.", ["24"]),
        ("How many people may visit at once?", "Groups have at most 24 people.", ["24"]),
        ("Wie lange dauert der Weg?", "Er dauert 50 minutes longer, sagt man.", ["50 minutes"]),
        ("How many people came in 2010?", "In 2010 more people came than before.", ["2010"]),
        ("How many areas are there?", "There are 13 Greater London areas.", ["13"]),
        ("How many years did it run?", "It ran for 12 or more years in all.", ["12"]),
        ("How much do members pay?", "Members (18 to 64 years) pay what is set.", []),
        ("How much do members pay?", "Members pay 30 euros.", ["30 euros"]),
    ],
)
def test_a_difference_and_a_limit_are_no_such_amount(question, text, left):
    assert kept(question, text) == left
