"""What may stand in bold, of short answers in given sentences."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit

from rag.answer.compose.bold import may_be_bold
from rag.answer.compose.bold_words import MOST_CLAUSE_WORDS, bold_words
from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.evidence import Evidence
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import understand

LONG = " ".join(["home"] * MOST_CLAUSE_WORDS)


def found(text, short, form="read"):
    evidence = Evidence(hit=hit(chunk("w", text)), start=0, end=len(text))
    at = text.index(short)
    told = Short(evidence=evidence, start=at, end=at + len(short), form=form)
    return FoundAnswer(evidence=evidence, short=told, chance=0.9)


def may(question, told, short, *, form="read"):
    one, asked = found(told, short, form), understand(question)
    return may_be_bold(one, bold_words(one, asked), asked)


@pytest.mark.parametrize(
    ("question", "told", "is_allowed"),
    [
        ("Who is admitted in winter?", "Not admitted is Ada Frey.", False),
        ("Who is admitted in winter?", "Always admitted is Ada Frey.", True),
        ("Who is not admitted in winter?", "Not admitted is Ada Frey.", True),
    ],
)
def test_few_words_that_are_denied_are_never_bold(question, told, is_allowed):
    assert may(question, told, "Ada Frey", form="name") is is_allowed


def test_a_clause_holds_what_denies_it():
    told = found("Small children cannot be admitted.", "admitted")
    asked = understand("What can children do in winter?")

    assert bold_words(told, asked) == "Small children cannot be admitted"
    assert may_be_bold(told, bold_words(told, asked), asked)


def test_a_number_is_denied_by_nothing():
    assert may("How many plants?", "Not more than ten plants can be registered.", "ten")


@pytest.mark.parametrize(
    ("question", "told", "short", "bold"),
    [
        (
            "How large is the sign?",
            "Signs of four square feet are allowed.",
            "four",
            "four square feet",
        ),
        ("How many members are there?", "We are 32 members now.", "32", "32 members"),
        ("How many members are there?", "We are 32 of the old ones.", "32", "32"),
        ("How deep was the snow?", "It lay 317 cm deep.", "317 cm", "317 cm"),
        ("How many paths?", "It has 3 different paths.", "3 different", "3 different paths"),
    ],
)
def test_a_bare_number_stands_with_what_it_counts(question, told, short, bold):
    assert bold_words(found(told, short, "number"), understand(question)) == bold


@pytest.mark.parametrize(
    ("told", "bold"),
    [
        (
            "The cursor goes home; the display is cleared.",
            "The cursor goes home; the display is cleared",
        ),
        (f"The cursor goes {LONG}; the display is cleared.", "the display is cleared"),
        ("1. Clear: the display is cleared.", "the display is cleared"),
        ("- the display is cleared\n- the light goes on", "the display is cleared"),
        ("Then (if the display is cleared) all goes on.", ""),
        ("Then (e.g. the display is cleared) all goes on.", ""),
        ("When is the display cleared?", ""),
    ],
)
def test_anything_else_is_told_by_its_clause(told, bold):
    assert bold_words(found(told, "cleared"), understand("What does the instruction do?")) == bold


def test_a_long_clause_is_cut_at_its_commas_or_not_bold():
    long = LONG
    asked = understand("What does the instruction do?")

    assert bold_words(found(f"{long}, it clears the display, {long}", "display"), asked) == (
        "it clears the display"
    )
    assert bold_words(found(f"{long} clears the display", "clears"), asked) == "clears"
    assert not bold_words(found(f"{long} clears the display", f"{long} clears"), asked)


@pytest.mark.parametrize(
    ("question", "told", "short"),
    [
        (
            "What must the first page tell?",
            "The first page must tell ten things: title, year",
            "ten",
        ),
        ("What happens at the hut?", "What happens at the hut", "happens"),
        ("What is their phone number?", "2200 South Street", "2200"),
        ("What was the share of rain in 2010?", "In 2024 it was 13.9 percent.", "13.9 percent"),
        ("What share answered?", "The urban sample was 4.658.", "4.658"),
    ],
)
def test_what_answers_another_question_is_never_bold(question, told, short):
    assert not may(question, told, short, form="number")


def test_few_words_of_another_language_than_the_question_are_not_bold():
    one = found("Die Hütte hat 32 Betten und einen Ofen.", "32", "number")
    chunk_ = replace(one.evidence.hit.chunk, language="de")
    evidence = replace(one.evidence, hit=replace(one.evidence.hit, chunk=chunk_))
    across = replace(one, evidence=evidence, short=replace(one.short, evidence=evidence))
    english, german = map(understand, ("How many beds does it have?", "Wie viele Betten hat sie?"))

    assert not may_be_bold(across, bold_words(across, english), english)
    assert may_be_bold(across, bold_words(across, german), german)
