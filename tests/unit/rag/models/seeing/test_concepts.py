"""Chances of classes become words: narrow things are wider ones too; papers show nothing."""

import numpy as np
import pytest

from rag.models.seeing.concepts import ConceptTable, concepts_of, seen_line


def chances(**named):
    made = np.zeros(1000, dtype=np.float32)
    for number, chance in named.items():
        made[int(number[1:])] = chance
    return made


def test_a_labrador_is_a_dog_and_an_animal():
    line = seen_line(chances(c208=0.9), photograph=1.0)
    assert line.startswith("Seen: Labrador retriever 90 %")
    assert "dog 90 %" in line
    assert line.endswith("animal 90 %")


def test_chances_of_kinds_sum_up_where_none_is_sure():
    told = {
        concept.words[0]: concept.chance for concept in concepts_of(chances(c208=0.2, c267=0.25))
    }
    assert told["dog"] == pytest.approx(0.45)
    assert "Labrador retriever" not in told


def test_what_is_no_photograph_shows_nothing():
    assert seen_line(chances(c208=0.9), photograph=0.4) == ""


def test_classes_that_fire_on_papers_have_no_word():
    assert seen_line(chances(c916=0.95), photograph=1.0) == ""


def test_the_table_has_each_word_of_one_line_at_most_once():
    table = ConceptTable.load()
    assert all(len(set(words)) == len(words) for words in table.words)
    assert table.covers.sum(axis=0).min() >= 1
    sizes = table.covers.sum(axis=0)
    assert (np.diff(sizes) >= 0).all()  # narrow things first
