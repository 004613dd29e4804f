"""A document's parts as its own headings name them."""

import numpy as np
import pytest
from builders_answer import chunk

from rag.answer.summary.choice import Matter
from rag.answer.summary.outline import MOST_PARTS, MOST_WORDS, outline_of


def headed(*paths):
    return [
        chunk(f"c{n}", f"{path[-1]}\nSome words of this part.", headings=path)
        for n, path in enumerate(paths)
    ]


def told(chunks):
    return [part.heading for part in outline_of(chunks)]


def test_the_parts_are_what_stands_below_the_title():
    parts = ("Staff", "Finances", "Winter works")

    assert told(headed(*(("Annual report", part) for part in parts))) == list(parts)


def test_without_one_title_the_first_headings_are_the_parts():
    parts = ("Opening", "Closed session", "Board governance")

    assert told(headed(*((part,) for part in parts))) == list(parts)


def test_each_part_is_named_once_and_cited_where_it_stands():
    chunks = headed(("Staff",), ("Staff",), ("Finances",), ("Works",))
    parts = outline_of(chunks)

    assert [part.chunk.id for part in parts] == ["c0", "c2", "c3"]
    assert all(part.chunk.text[slice(*part.span)] == part.heading for part in parts)


@pytest.mark.parametrize(
    "heading", ["1 Introduction", "References", "Slide 4", "Literatur", "le H"]
)
def test_headings_of_any_document_and_labels_are_no_parts(heading):
    assert told(headed(("Staff",), (heading,), ("Finances",), ("Works",))) == [
        "Staff",
        "Finances",
        "Works",
    ]


def test_few_headings_outline_nothing():
    assert outline_of(headed(("Staff",), ("Finances",))) == []
    assert outline_of([chunk("c", "No heading at all.")]) == []


def test_there_is_room_for_so_many_words():
    found = told(headed(*((f"Part number {n}",) for n in range(40))))

    assert len(found) <= MOST_PARTS
    assert sum(len(heading.split()) for heading in found) <= MOST_WORDS


def test_what_leads_a_statement_is_not_named_again():
    parts = tuple(outline_of(headed(("Staff",), ("Finances",), ("Works",), ("Guests",))))
    matter = Matter(
        statements=(),
        vectors=np.zeros((0, 2), dtype=np.float32),
        scores=np.zeros(0),
        outline=parts,
        pictures=(),
        grids=(),
        table_share=0.0,
    )

    assert [p.heading for p in matter.parts_besides(["Works"])] == ["Staff", "Finances", "Guests"]
    assert matter.parts_besides(["Works", "Staff"]) == []
