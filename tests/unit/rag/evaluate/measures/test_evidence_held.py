"""Whether the evidence of a question is in what a model is given to read."""

import json
from dataclasses import replace

import pytest
from builders_answer import chunk

from rag.datamodel import BBox, Provenance
from rag.evaluate.measures.evidence_held import GivenToRead, is_held, is_judged
from rag.evaluate.records.questions import parse_question

BOX = [0.1, 0.2, 0.5, 0.4]


def question(**fields):
    row = {"question": "How deep?", "answers": ["317 cm"], "source": "report.pdf", "page": 2}
    return parse_question(json.dumps(row | fields).encode(), line=1)


def there(name, text, page=2, *, source="report.pdf", box=BOX):
    where = Provenance(page=page, bbox=BBox(x0=box[0], y0=box[1], x1=box[2], y1=box[3]))
    return replace(chunk(name, text, source=source), provenances=(where,))


DEEP = there("a", "Snow lay 317 cm deep.")
OTHER = there("b", "It was cold up there.")


def held(asked, *chunks, page=(), **given):
    return is_held(asked, GivenToRead(chunks=chunks, **given), lambda _source, _page: page)


def test_the_answer_in_words_of_the_right_page_is_held():
    assert held(question(), OTHER, DEEP)
    assert not held(question(), OTHER)
    assert not held(question(), there("a", "Snow lay 317 cm deep.", page=3))
    assert not held(question(), there("a", "317 cm", source="other.pdf"))


def test_all_of_the_accepted_strings_must_be_there_where_all_are_asked_for():
    asked = question(answers=["317 cm", "cold"], match="all")

    assert held(asked, OTHER, DEEP)
    assert not held(asked, DEEP)


def test_the_proving_words_are_held_as_well_as_the_answer():
    asked = question(answers=["no"], evidence="Marmots slept until late April")

    assert held(asked, there("c", "until late April marmots slept"))
    assert not held(asked, OTHER)


def test_all_words_of_the_page_hold_what_is_worked_out_of_them():
    asked = question(answers=["634 cm"])

    assert held(asked, DEEP, OTHER, page=[DEEP, OTHER])
    assert not held(asked, DEEP, page=[DEEP, OTHER])
    assert not held(question(answers=["634 cm"], modality="figure"), DEEP, page=[DEEP])


def test_the_page_as_a_picture_holds_it():
    assert held(question(), pages=[("report.pdf", 2)])
    assert not held(question(), pages=[("report.pdf", 3), ("other.pdf", 2)])


@pytest.mark.parametrize(("box", "shown"), [(BOX, True), ([0.1, 0.6, 0.5, 0.8], False)])
def test_a_figure_holds_it_where_it_covers_the_right_place(box, shown):
    assert held(question(bbox=BOX), figures=[there("f", "axis", box=box)]) is shown


def test_a_figure_holds_what_is_asked_of_a_figure_where_no_place_is_told():
    assert held(question(modality="figure"), figures=[there("f", "axis")])
    assert not held(question(modality="text"), figures=[there("f", "axis")])


def test_of_several_documents_each_must_be_there():
    asked = question(sources=[{"source": "other.pdf", "pages": [1]}], page=None)
    other = there("o", "Nothing.", page=1, source="other.pdf")

    assert held(asked, DEEP, other)
    assert held(asked, DEEP, pages=[("other.pdf", 1)])
    assert not held(asked, DEEP)


def test_facts_must_all_be_there():
    asked = question(answers=[], nuggets=[["317 cm", "3.17 m"], ["cold"]])

    assert held(asked, DEEP, OTHER)
    assert not held(asked, DEEP)


def test_questions_without_an_answer_or_a_place_are_not_judged():
    assert is_judged(question())
    assert not is_judged(question(answerable=False))
    assert not is_judged(question(source=None))
