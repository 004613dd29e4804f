"""The page in the language of who reads: the catalogues have every word, and no other."""

import re
from datetime import UTC, datetime

import pytest

from pagelight.ui.chat.conversation_routes import time_text
from pagelight.ui.html.language import (
    LANGUAGES,
    catalogue,
    chosen,
    known,
    say,
    say_count,
    say_number,
    speaking,
)
from rag.answer.base.refusal import NOTHING_FOUND

FIELDS = re.compile(r"\{\w+\}")
OTHERS = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same_in_every_language(language):
    for english, told in catalogue(language).items():
        assert sorted(FIELDS.findall(english)) == sorted(FIELDS.findall(told)), english
        assert told.strip() == told != ""
        assert not set(told) & set('<>"'), told  # it stands in attributes too


def test_every_language_has_the_same_words():
    assert len({frozenset(catalogue(language)) for language in OTHERS}) == 1


def test_words_are_said_in_the_language_that_is_spoken():
    assert say("Copy") == "Copy"
    with speaking("de"):
        assert say("{n} of {count}", n=2, count=3) == "2 von 3"
        assert say_count(1, "{n} source.", "{n} sources.") == "1 Quelle."
        assert known("Snow fell.") == "Snow fell."
        assert known(NOTHING_FOUND) != NOTHING_FOUND
    assert say("Copy") == "Copy"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "nl,fr;q=0.5", "fr"),
        ("", "nl", "en"),
        ("", "*", "en"),
        ("a=b; language=es", "de", "es"),
        ("language=xx", "de", "de"),
        ("language=../en; \x00", "fr-CH", "fr"),
    ],
)
def test_the_language_is_the_chosen_one_or_that_of_the_browser(cookie, accepted, language):
    assert chosen(cookie=cookie, accepted=accepted) == language


def test_numbers_have_the_marks_of_the_language():
    assert say_number(1234.5, places=1) == "1,234.5"
    with speaking("de"):
        assert say_number(1234) == "1.234"
        assert say_number(6.14, places=1) == "6,1"


def test_days_and_times_are_told_as_the_language_has_them():
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    then = datetime(2026, 3, 5, 9, 30, tzinfo=UTC).timestamp()

    assert time_text(then, now) == "5 Mar"
    with speaking("de"):
        assert time_text(then, now) == "5. März"
    with speaking("fr"):
        assert time_text(now.timestamp(), now) == "15:00"
