"""Words of like meaning that the documents hold."""

import numpy as np
import pytest

from rag.glossary.word_vectors import WordVectors, packed, shipped
from rag.retrieve.related_words import BESIDE, related_words
from rag.text import stem

AXES = np.eye(4, dtype=np.float32)


def of(names=(), **rows):
    unit = [np.array(row, dtype=np.float32) / np.linalg.norm(row) for row in rows.values()]
    arrays = packed(list(rows), np.stack(unit), AXES)
    return WordVectors.of({**arrays, "names": np.array("\n".join(names))})


VECTORS = of(
    names=("madrid", "seville"),
    kids=(1, 0.1, 0, 0),
    children=(1, 0, 0, 0),
    youngsters=(1, 0.2, 0, 0),
    boots=(0, 1, 0, 0),
    madrid=(0, 0, 0, 1),
    seville=(0, 0, 0.1, 1),
    sevillian=(0, 0.1, 0, 1),
    march=(0, 0, 1, 0),
    april=(0, 0, 1, 0.1),
)


def asked(question, *held, embed=None):
    counts = {stem(word): 3 for word in held}
    return related_words(
        question.split(),
        frequencies=lambda words: ({word: counts.get(stem(word), 0) for word in words}, 9),
        embed=embed or (lambda words: pytest.fail(f"{words} are known")),
        vectors=VECTORS,
    )


def test_a_word_that_no_document_holds_stands_for_the_nearest_that_one_does():
    assert asked("kids", "children", "boots") == {"kid": {"children": 1.0}}


def test_a_word_that_is_held_itself_has_others_beside_it_that_count_less():
    found = asked("kids", "kids", "children")

    assert found["kid"]["children"] == pytest.approx(BESIDE)


def test_what_is_shipped_knows_everyday_words():
    counts = {"children": 2, "price": 4, "telephone": 1, "pump": 9}

    def near(question):
        found = related_words(
            question.split(),
            frequencies=lambda words: ({word: counts.get(word, 0) for word in words}, 20),
            embed=lambda words: pytest.fail(f"{words} are shipped"),
            vectors=shipped(),
        )
        return {word for words in found.values() for word in words}

    assert near("kids") == {"children"}
    assert near("pricey") <= {"price"}
    assert "telephone" in near("phone")


def test_a_name_stands_for_no_other_but_for_its_own_forms():
    assert asked("madrid", "seville") == {}
    assert asked("seville", "sevillian") == {"sevill": {"sevillian": 1.0}}
