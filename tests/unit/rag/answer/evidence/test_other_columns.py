"""Cells of another column than the one that is asked for."""

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.answer_candidates import shorts_of
from rag.answer.evidence.evidence import candidates
from rag.answer.evidence.other_columns import is_of_other_column
from rag.answer.evidence.reading import UNREAD
from rag.answer.question.question import understand

TABLE = (
    "Instrument | Installed | Last calibration | Height m\n"
    "Pyranometer | 2014 | 2024-08-20 | 2\nGauge | 2020 | 2025-06-12 | 3"
)


def kept(question, kind):
    """Return the cells of the first row that may be what is asked for."""
    asked = understand(question)
    found = candidates(hit(chunk("x", TABLE, role="table")))[0]
    shorts = shorts_of(found, UNREAD, kind)
    return {short.text for short in shorts if not is_of_other_column(short, asked)}


def test_a_cell_gives_way_to_one_under_a_name_that_is_asked_for():
    assert "2014" not in kept("When was the pyranometer calibrated?", "date")
    assert "2024-08-20" in kept("When was the pyranometer calibrated?", "date")


@pytest.mark.parametrize("question", ["When did the pyranometer come?", "Which instrument is it?"])
def test_where_no_name_is_asked_for_all_stay(question):
    assert "2014" in kept(question, "date")


def test_a_name_that_is_asked_for_stays():
    assert "2014" in kept("When was the pyranometer installed?", "date")
