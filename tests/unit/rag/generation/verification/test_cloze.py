"""Facts are asked back of their place: by a script, and by the reader that is shipped."""

import pytest

from rag.generation.verification.misplaced import FactReader, cloze_of, facts_of
from rag.models.reader.reader import CLOZE_ADAPTER, Reader
from rag.pipeline.engine.built_in import find_misplaced
from rag.protocols import Reading, Span

TABLE = (
    "Plant | 2018 GWh | 2019 GWh | 2020 GWh\n"
    "Harrow | 410 | 395 | 402\nWest Bay | 120 | 188 | 240\nOrchard | 75 | 71 | 60"
)
PROSE = (
    "The mill at Vardo was built by Anna Berg in 1898. The bridge was finished by Paul Retz in "
    "1911. It cost 4,200 crowns. The school opened in 1925 with 31 pupils. "
    "Most rain falls in March, least of all the snow in November."
)
MONTHS = "The garden closes in October. Most of its roses are cut in February."
PAID = "Hand | 1 credit | 4 credits\nFull house | 8 | 32\nFlush | 5 | 20"


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("The mill was built by Anna Berg in 1898.", ["1898", "Anna Berg"]),
        ("The bill is V001-540835, of Table 4.", []),
        ("The 8052AH shows 4K (1) for 32 credits.", ["32"]),
        ("The programs call Verify() and Predict().", []),
    ],
    ids=["number and name", "code and table", "part and footnote", "functions"],
)
def test_facts_are_numbers_and_names_but_no_codes(said, facts):
    assert facts_of(said, "what is told?") == facts


def test_what_the_question_says_is_not_asked_back():
    assert facts_of("In 1898 it cost 31.", "what did it cost in 1898?") == ["31"]


def test_a_gap_tells_the_kind_of_its_fact_and_has_the_question_behind_it():
    said = "The mill was built by Anna Berg in 1898."
    assert cloze_of(said, "1898", "when?").text.endswith("Anna Berg in what number? when?")
    assert "built by who or what in 1898" in cloze_of(said, "Anna Berg", "who?").text
    assert "In 2015 what number mills" in cloze_of("In 2015 5 mills burnt.", "5", "how many?").text


def scripted(place, *spans):
    """Return what finds misplaced facts where a reader gives spans, each a text and a score."""
    found = tuple(
        Span(start=place.index(text), end=place.index(text) + len(text), score=score)
        for text, score in spans
    )
    return FactReader(lambda pairs: [Reading(relevance=1.0, spans=found)] * len(pairs)).misplaced


@pytest.mark.parametrize(
    ("spans", "rival"),
    [
        ((("4,200", 0.9), ("31", 0.01)), "4,200"),
        ((("4,200", 0.9), ("31", 0.1)), ""),
        ((("1911", 0.3), ("31", 0.5)), ""),
        ((("March", 0.9),), ""),
        ((("1925", 0.9),), ""),
    ],
    ids=["far likelier", "hardly likelier", "less likely", "no number", "said beside it"],
)
def test_a_fact_is_misplaced_where_another_of_its_kind_is_far_likelier(spans, rival):
    misplaced = scripted(PROSE, *spans)("In 1925 it had 31 pupils.", "how many?", PROSE)
    assert [one.rival for one in misplaced if one.fact == "31"] == [rival] * bool(rival)


def test_what_stands_in_a_line_that_says_less_must_be_the_likelier_by_far():
    place = "The glacier shrank by 22 metres. Right is: it shrank by 808 metres."
    said, question = "The glacier shrank by 808 metres.", "By how much did the glacier shrink?"
    assert scripted(place, ("808", 0.5), ("22", 0.45))(said, question, place)
    assert scripted(place, ("808", 0.8), ("22", 0.15))(said, question, place) == []


def test_a_part_of_a_number_is_the_number():
    place = "Net sales rose 18.2 % to 3.2 billion."
    found = scripted(place, ("18", 0.9))
    assert found("Sales rose 18.2 %.", "how did sales do?", place) == []


def test_what_stands_nowhere_and_languages_without_a_glossary_are_not_asked():
    never = FactReader(lambda _: pytest.fail("nothing is read")).misplaced
    assert never("It was 77 years old.", "how old?", PROSE) == []
    assert never("Мельница была построена в 1911 году.", "когда?", PROSE) == []


@pytest.fixture(scope="module")
def misplaced():
    return find_misplaced(Reader(adapter=CLOZE_ADAPTER))


@pytest.mark.parametrize(
    ("said", "place", "question"),
    [
        ("West Bay produced 240 GWh in 2020.", TABLE, "output of the plants"),
        ("The mill was built by Anna Berg in 1898.", PROSE, "what was built"),
        ("The bridge was finished in 1911 and cost 4,200 crowns.", PROSE, "what was built"),
        ("The school opened with 31 pupils.", PROSE, "what was built"),
        ("A full house pays 32.", PAID, "what does a full house pay on four credits"),
    ],
)
def test_what_a_row_or_sentence_says_is_in_place(misplaced, said, place, question):
    assert misplaced(said, question, place) == []


@pytest.mark.parametrize(
    ("said", "place", "question"),
    [
        ("West Bay produced 402 GWh in 2020.", TABLE, "output of the plants"),
        ("The garden closes in February.", MONTHS, "when does the garden close"),
        ("The mill was built by Paul Retz.", PROSE, "what was built"),
        ("Die Mühle wurde 1911 gebaut.", PROSE, "when was the mill built"),
        ("The school opened with 4,200 pupils.", PROSE, "what was built"),
    ],
)
def test_the_fact_of_another_row_column_or_sentence_is_not(misplaced, said, place, question):
    assert misplaced(said, question, place)


def test_a_year_is_no_rival_of_an_amount_and_a_copied_sentence_has_none():
    place = "Budget of 2026 | 438,200\nStaff | 226,900"
    said = "The budget is 438,200 euros."
    assert scripted(place, ("2026", 0.9))(said, "what is the budget?", place) == []
    assert scripted(place, ("226,900", 0.9))(said, "what is the budget?", place)
    copied = "It cost 4,200 crowns."
    assert scripted(PROSE, ("1911", 0.9), ("31", 0.9))(copied, "what did it cost?", PROSE) == []
