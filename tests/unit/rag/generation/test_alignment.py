"""A number or name of another row, column or sentence is seen, though it stands in the source."""

import pytest
from builders_answer import chunk

from rag.datamodel import Hit
from rag.generation.alignment import misaligned_facts

TABLE = (
    "Plant | 2018 GWh | 2019 GWh | 2020 GWh\n"
    "Harrow | 410 | 395 | 402\nWest Bay | 120 | 188 | 240\nOrchard | 75 | 71 | 60"
)
PROSE = (
    "The mill at Vardo was built by Anna Berg in 1898. The bridge was finished by Paul Retz in "
    "1911. It cost 4,200 crowns. The school opened in 1925 with 31 pupils. "
    "Most rain falls in March, least of all the snow in November."
)


def of(text, **more):
    return (Hit(chunk=chunk("a", text, **more), score=1, rank=1, channel="reranked"),)


@pytest.mark.parametrize(
    "said",
    ["West Bay produced 240 GWh in 2020.", "In 2020 West Bay produced 240 GWh and Orchard 60 GWh."],
)
def test_what_the_row_and_column_say_is_in_place(said):
    assert misaligned_facts(said, "output of the plants", of(TABLE, role="table")) == []


@pytest.mark.parametrize(
    "said",
    ["West Bay produced 402 GWh in 2020.", "West Bay produced 188 GWh in 2020."],
)
def test_a_cell_of_another_row_or_column_is_not(said):
    assert misaligned_facts(said, "output of the plants", of(TABLE, role="table"))


@pytest.mark.parametrize(
    "said",
    [
        "The mill was built by Anna Berg in 1898.",
        "The bridge was finished in 1911 and cost 4,200 crowns.",
        "The school opened with 31 pupils.",
    ],
)
def test_what_a_sentence_says_is_in_place(said):
    assert misaligned_facts(said, "what was built", of(PROSE)) == []


@pytest.mark.parametrize(
    "said",
    [
        "The mill was built by Paul Retz.",
        "The school opened with 4,200 pupils.",
        "The school opened in March.",
    ],
)
def test_a_name_or_number_of_another_sentence_is_not(said):
    assert misaligned_facts(said, "what was built", of(PROSE))


def test_what_the_question_says_and_what_stands_in_no_line_is_not_looked_at():
    assert misaligned_facts("In 1911 it was 7 years old.", "what of 1911", of(PROSE)) == []
