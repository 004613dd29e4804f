"""A fact that stands elsewhere is asked again of the lines in question alone."""

import pytest
from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.context import Reading, Source
from rag.generation.draft import Draft, Sentence
from rag.generation.verification.check import check
from rag.generation.verification.cloze import Misplaced
from rag.generation.verification.second_look import SecondLook

TEXT = (
    "The comparison covers two winters with 1,268 rime hours. The unheated instrument stood still "
    "in 31 per cent of the hours, the heated one in 4 per cent. The boom was 3 metres long."
)
QUESTION = "how often did the heated instrument stand still"
HIT = Hit(chunk=chunk("a", TEXT), score=1, rank=2, channel="reranked")
SOURCES = (Source(hit=HIT, text=TEXT),)
WRONG = Sentence(
    text="The heated instrument stood still in 31 per cent of the hours.", numbers=(2,)
)


def misplaced(sentence, _question, _place):
    """Find 31 where the heated instrument is spoken of."""
    is_wrong = "31" in sentence and "unheated" not in sentence
    return [Misplaced(fact="31", rival="4")] if is_wrong else []


def settled(sentence, answer, question=QUESTION):
    """Return the sentences that stand, and the texts that were asked about."""
    asked = []

    def write_of(source):
        asked.append(source.text)
        return Sentence(text=answer) if answer else None

    draft = Draft(sentences=(sentence,), reading=Reading(sources=SOURCES))
    checked = check(draft, question, SOURCES, misplaced=misplaced)
    look = SecondLook(question=question, write_of=write_of, misplaced=misplaced)
    return look.settled(checked).sentences, list(dict.fromkeys(asked))


def test_a_misplaced_number_is_asked_of_its_sentence_alone():
    right = "The heated instrument stood still in 4 per cent of the hours."
    (sentence,), (asked,) = settled(WRONG, right)
    assert (sentence.text, sentence.numbers) == (right, (2,))
    assert "31 per cent" in asked
    assert "1,268" not in asked


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "It stood still in 31 per cent of the hours.",
        "The heated instrument stood still in 77 per cent of the hours.",
        "The boom was 3 metres long.",
    ],
    ids=["nothing", "the same number", "a number of no source", "of another thing"],
)
def test_nothing_is_said_where_the_second_look_gives_nothing_better(answer):
    assert settled(WRONG, answer)[0] == ()


def test_what_stands_is_not_asked_again():
    right = Sentence(text="The boom was 3 metres long.", numbers=(2,))
    assert settled(right, "The boom was 4 metres long.", "how long was the boom") == ((right,), [])
