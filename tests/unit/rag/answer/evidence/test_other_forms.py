"""Short answers of another form than what is asked for."""

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.answer_candidates import shorts_of
from rag.answer.evidence.evidence import candidates
from rag.answer.evidence.other_forms import asked_form, is_of_other_form, tells_form
from rag.answer.evidence.reading import UNREAD
from rag.answer.question.question import understand

MAST = "Instrument | Height m | Since\nBarometer | 10 | 2009"


def kept(question, text, *, role="text"):
    asked = understand(question)
    found = candidates(hit(chunk("x", text, role=role)))[0]
    shorts = shorts_of(found, UNREAD, asked.kind)
    return {short.text for short in shorts if not is_of_other_form(short, asked)}


def test_a_month_is_no_day():
    told = kept("Which day was the coldest?", "February 2025 was cold, and 9 February most of all.")

    assert "9 February" in told
    assert "February 2025" not in told


def test_a_cell_is_of_the_unit_of_its_column():
    assert kept("How high is the barometer?", MAST, role="table") == {"10"}


def test_a_form_that_no_place_tells_is_asked_of_none():
    places = candidates(hit(chunk("x", "The pass lies high.")))

    assert not tells_form(places, understand("How high is the pass?"))


@pytest.mark.parametrize(
    ("question", "held", "other"),
    [
        ("Which day was the coldest?", "on 9 February", "in February"),
        ("coldest day", "Tuesday", "February was the coldest month"),
        ("sunniest month", "August had 196 h", "196 h"),
        ("wettest month", "2025-07 | 221", "6 Jul, the wettest day"),
        ("In which year did it open?", "since 1931", "after 31 years"),
        ("How old did she get?", "Age: 96", "Buried: 23 March 1759"),
        ("opening hours", "from 8:00 on", "open day with 46 guests"),
        ("How often is it read?", "every ten minutes", "on 11 June"),
        ("How high is the pass?", "at 2,514 metres", "4 high"),
        ("How deep is the shaft?", "Depth m | 12", "12 workers"),
        ("How long is a visit?", "last 75 minutes", "16 euros"),
        ("How long is the cable?", "1.8 kilometres of cable", "8 rods"),
        ("How heavy is it?", "weighs 12 kg", "12 m"),
        ("How fast was the gust?", "167 km/h", "17 February"),
        ("How warm was it?", "21.4 °C", "12 August"),
    ],
)
def test_a_form_is_held_by_its_unit_or_its_writing(question, held, other):
    holds = asked_form(understand(question))

    assert holds is not None
    assert holds(held)
    assert not holds(other)


@pytest.mark.parametrize("question", ["Who is it?", "the day after", "how much snow", "What time"])
def test_where_words_tell_no_form_there_is_none(question):
    assert (asked_form(understand(question)) is None) is (question != "What time")
