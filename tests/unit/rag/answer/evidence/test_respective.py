"""Lists of which each member belongs to that of another list."""

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.answer_candidates import shorts_of
from rag.answer.evidence.evidence import candidates
from rag.answer.evidence.reading import UNREAD
from rag.answer.evidence.respective import is_of_other_member
from rag.answer.question.question import understand

COSTS = (
    "Costs were $714.3 million, $533.1 and $404.0 million for 2015, 2014 and 2013, respectively."
)
ENDED = "As of April 30, 2019 and 2018 we had $64,000 and $10,000 of accrued interest."
PEAKS = "The tops of Wildspitze, Similaun and Weisskugel lie at 3768, 3606 and 3738 metres."


@pytest.mark.parametrize(
    ("question", "text", "out"),
    [
        ("What were the costs in 2015?", COSTS, {"$533.1", "$404.0 million"}),
        ("What were the costs in 2013?", COSTS, {"$714.3 million", "$533.1"}),
        ("What were the costs in 2014 and 2013?", COSTS, {"$714.3 million"}),
        ("What were the costs?", COSTS, set()),
        ("What were the costs in 2015, 2014 and 2013?", COSTS, set()),
        ("How much interest in 2018?", ENDED, {"$64,000"}),
        ("How high is the Similaun?", PEAKS, {"3768", "3738 metres"}),
        ("Which one is 3606 metres high?", PEAKS, {"Wildspitze", "Weisskugel"}),
        ("Who lived in Rome?", "Rome and Paris had between 400,000 and 500,000 people.", set()),
        ("How much in 2015?", "It fell from 5, 4 and 3 to 2 in 2014 and 2015.", set()),
    ],
)
def test_a_member_that_stands_in_the_place_of_another_one_is_left_out(question, text, out):
    asked = understand(question)
    (found,) = candidates(hit(chunk("x", text)))
    plain = [s for s in shorts_of(found, UNREAD, "any") if s.form in ("number", "name")]

    assert {s.text for s in plain if is_of_other_member(s, asked)} == out
