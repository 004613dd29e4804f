"""Whether the evidence of a question is in what a model is given to read."""

import json
from dataclasses import replace

import pytest
from builders_answer import chunk

from rag.datamodel import BBox, Provenance
from rag.evaluation.measures.evidence_held import GivenToRead, is_held
from rag.evaluation.records.questions import parse_question

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


@pytest.mark.parametrize(("box", "shown"), [(BOX, True), ([0.1, 0.6, 0.5, 0.8], False)])
def test_a_figure_holds_it_where_it_covers_the_right_place(box, shown):
    assert held(question(bbox=BOX), figures=[there("f", "axis", box=box)]) is shown
