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
        ("Сколько длится путь?", "Путь длится 50 minutes longer.", ["50 minutes"]),
        ("How many people came in 2010?", "In 2010 more people came than before.", ["2010"]),
        ("How many areas are there?", "There are 13 Greater London areas.", ["13"]),
        ("How many years did it run?", "It ran for 12 or more years in all.", ["12"]),
        ("How much do members pay?", "Members (18 to 64 years) pay what is set.", []),
        ("How much do members pay?", "Members pay 30 euros.", ["30 euros"]),
        ("How much is the course?", "The course is for babies (3 to 6 months).", []),
        ("How much is the course?", "The course for babies (6 months) is 30 euros.", ["30 euros"]),
        ("How many people work there?", "For more than 135 years we cared for health.", []),
        ("How many members are there?", "We meet at the hall (146 Wickham Street).", []),
        ("How many members are there?", "The society has some 146 members now.", ["146"]),
        ("How many years did it run?", "It ran for about 12 years.", ["12 years"]),
        ("How many days does it run?", "It will be charged within 2 hours.", []),
        ("How many days does it run?", "Each of its days comes at 5400 dollars.", []),
        ("How many dollars is it?", "Each of its days comes at 5400 dollars.", ["5400 dollars"]),
        ("How many came?", "There were 146 of them on that day.", ["146"]),
        ("How many students can go at most?", "We need a minimum of 4 students.", []),
        ("How many students can go at most?", "We take a maximum of 9 students.", ["9"]),
        ("How many students must go at least?", "We take a maximum of 9 students.", []),
    ],
)
def test_a_difference_and_a_limit_are_no_such_amount(question, text, left):
    assert kept(question, text) == left


def test_what_a_column_tells_in_money_counts_nothing():
    costs = chunk("t", "Item | Plan EUR | Posts\nStaff | 218400 | 7", role="table")
    asked = understand("How many staff are there?")
    row = next(one for one in candidates(hit(costs)) if "218400" in one.text)

    found = {s.text: is_other_amount(s, asked) for s in shorts_of(row, UNREAD, "number")}

    assert found["218400"]
    assert not found["7"]
