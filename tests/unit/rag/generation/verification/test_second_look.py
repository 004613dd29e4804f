"""A number that has a rival in its source's sentence is asked of that sentence alone."""

import pytest
from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.context import Reading, Source
from rag.generation.draft import Draft, Sentence
from rag.generation.verification.check import check
from rag.generation.verification.second_look import SecondLook, rival_line

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


def settled(sentence, answer, question=QUESTION):
    """Return the sentences that stand, and the texts that were asked about."""
    asked = []

    def write_of(source):
        asked.append(source.text)
        return Sentence(text=answer) if answer else None

    draft = Draft(sentences=(sentence,), reading=Reading(sources=SOURCES))
    checked = check(draft, question, SOURCES)
    return SecondLook(question=question, write_of=write_of).settled(checked).sentences, list(
        dict.fromkeys(asked)
    )


def test_a_number_with_a_rival_is_asked_of_its_sentence_alone():
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
def test_what_is_written_stays_where_the_second_look_gives_nothing_better(answer):
    assert settled(WRONG, answer)[0] == (WRONG,)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("The boom was 3 metres long.", "how long was the boom"),
        (
            "31 per cent for the unheated one, 4 for the heated one.",
            "how often did they stand still",
        ),
        (
            "The heated one stood still in 4 per cent.",
            "did the unheated one stand still in 31 per cent",
        ),
        ("The heated instrument hardly stood still.", QUESTION),
    ],
    ids=["no other number", "both said", "the other is the question's", "no number"],
)
def test_without_a_rival_nothing_is_asked(said, question):
    assert settled(Sentence(text=said, numbers=(2,)), "never", question)[1] == []


OTHER = Sentence(text="The boom stood still in 1,268 of the rime hours.", numbers=(2,))


def test_a_fact_of_another_sentence_is_asked_of_both_sentences():
    right = "The heated instrument stood still in 4 per cent of the hours."
    (sentence,), (asked,) = settled(OTHER, right)
    assert sentence.text == right
    assert "1,268" in asked
    assert "31 per cent" in asked


def test_a_year_is_a_rival_of_years_alone():
    text = "The mill was built in 1898 with 31 windows and burnt down in 1911."
    source = Source(hit=Hit(chunk=chunk("b", text), score=1, rank=1, channel="reranked"), text=text)
    assert rival_line("It has 31 windows.", "how many windows has the mill", (source,)) is None
    assert rival_line("It was built in 1898.", "when was the mill built", (source,)) is not None
