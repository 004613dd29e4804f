"""What is of another month or day than the one that is asked about."""

import pytest
from builders_answer import chunk

from rag.answer.evidence.other_dates import (
    is_beside_its_day,
    is_of_its_own,
    is_of_other_date,
    names_date,
    names_day,
    tells_dates,
)
from rag.answer.question.question import understand

DAY = understand("What happened on 3 March?")
MONTH = understand("How wet was it in March?")
NEITHER = understand("How wet was it?")


@pytest.mark.parametrize(
    ("asked", "row", "is_other"),
    [
        (DAY, "2 Mar | dust on the snow", True),
        (DAY, "2025-03-03 | 5.4 | 0", False),
        (DAY, "Mar | 148", False),
        (MONTH, "2 Mar | dust on the snow", False),
        (MONTH, "6 Jul | 41 mm", True),
        (NEITHER, "6 Jul | 41 mm", False),
    ],
)
def test_a_row_of_another_date_is_no_answer(asked, row, is_other):
    assert is_of_other_date(row, asked) is is_other


def test_a_text_names_the_date_as_far_as_the_question_does():
    assert names_date("on 3 March", DAY)
    assert not names_date("in March", DAY)
    assert names_date("in March", MONTH)
    assert names_date("whenever", NEITHER)


def test_a_table_tells_dates_if_a_row_is_called_by_the_one_that_is_asked_for():
    assert tells_dates(["2 Mar | dust", "3 Mar | sun"], DAY)
    assert not tells_dates(["Feb | 121", "Mar | 148"], DAY)
    assert tells_dates(["Feb | 121", "Mar | 148"], MONTH)


def test_in_a_table_of_a_month_the_day_may_stand_alone():
    month = chunk("m", "Day | Rain mm\n2 | 5\n3 | 0", role="table")

    assert not names_day(month, DAY)
    assert names_day(chunk("m", f"March 1999\n{month.text}", role="table"), DAY)
    assert not names_day(chunk("m", "March 1999\nDay | Rain mm\n2 | 3\n13 | 0"), DAY)


def test_a_heading_that_names_the_day_names_it_for_what_stands_below():
    below = chunk("s", "2021 was the snowiest start.", headings=("Snow on 3 March",))

    assert names_day(below, DAY)
    assert not names_day(below, understand("what happened on 4 March"))


@pytest.mark.parametrize(
    ("question", "is_other"),
    [
        ("when is the summer fair?", True),
        ("what day is the fair", True),
        ("where is the fair?", False),
        ("when was the mail about the fair sent?", False),
        ("when did she invite us to the fair?", False),
        ("wann ist das Sommerfest?", True),
    ],
)
def test_the_day_a_mail_was_sent_is_that_of_the_mail_alone(question, is_other):
    sent = "Date: Mon, 3 Mar 1999 10:28:53 +0100"

    assert is_of_its_own(sent, understand(question)) is is_other
    assert not is_of_its_own("Date: 3 March", understand(question))


@pytest.mark.parametrize(
    ("question", "is_other"),
    [
        ("when does the last cable car leave", True),
        ("when is the fair?", True),
        ("when was the page last updated?", False),
        ("what is the date of the newest version?", False),
    ],
)
def test_the_day_a_page_was_changed_is_that_of_the_page_alone(question, is_other):
    for changed in ("Last change: 20 May 2026.", "Page last updated 3/5/2020", "Updated: 3 May"):
        assert is_of_its_own(changed, understand(question)) is is_other
    assert not is_of_its_own("The last car leaves on 3 May.", understand(question))


@pytest.mark.parametrize(
    ("row", "told", "is_beside"),
    [
        ("Highest temperature | 21.4 °C (12 August) | 17.9 °C", "17.9 °C", True),
        ("Highest temperature | 21.4 °C (12 August) | 17.9 °C", "21.4 °C", False),
        ("12 August | 21.4 °C | 17.9 °C", "17.9 °C", False),
        ("Highest temperature | 21.4 °C | 17.9 °C", "17.9 °C", False),
        ("On 12 August it was 21.4 °C.", "21.4 °C", False),
    ],
)
def test_what_stands_beside_the_day_in_another_cell_is_not_of_it(row, told, is_beside):
    assert is_beside_its_day(row, told, understand("how warm was it on 12 August?")) is is_beside
    assert not is_beside_its_day(row, told, understand("how warm was it?"))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Was war am 3. Mai?", "Die Sitzung vom 3. Mai wurde um 20 Uhr eröffnet."),
        ("Que s'est-il passé le 3 mai ?", "La séance du 3 mai est ouverte à 20 heures."),
        ("What happened on 3 May?", "Die Sitzung vom 3. Mai wurde um 20 Uhr eröffnet."),
    ],
)
def test_a_day_is_named_in_the_language_of_the_place(question, text):
    assert names_day(chunk("a", text), understand(question))
    assert not names_day(chunk("a", text.replace("3", "4")), understand(question))
