"""Words of a language and what they are in English."""

import pytest

from rag.glossary.lexicon import LANGUAGES, LETTERS, Lexicon, lexicon
from rag.stop_words import BY_LANGUAGE, ENGLISH
from rag.text import fold

GERMAN = Lexicon.of(
    "de",
    [
        "Karte\tcard,map,ticket\n",
        "Jahr\tyear\n",
        "kosten\tcost\n",
        "Kosten\tcosts\n",
        "Fahrt\ttrip,ride\n",
        "Schule\tschool\n",
        "es gibt\tthere is\n",
        "Glück\tluck\n",
        "no tab here\n",
    ],
)


def test_a_word_is_known_in_its_forms():
    assert GERMAN.english("karten") == ("card", "map", "ticket")
    assert GERMAN.english("jahre") == ("year",)


def test_the_most_of_a_quality_is_told_as_that():
    known = Lexicon.of("de", ["sonnig\tsunny\n", "laut\tloud,noisy\n", "kalt\tcold\n"])
    assert known.english("sonnigsten") == ("most sunny",)
    assert known.english("lauteste") == ("most loud",)
    assert known.english("kälteste") == ("most cold",)


def test_a_participle_is_known_by_its_verb():
    known = Lexicon.of("de", ["regnen\train\n", "bauen\tbuild\n"])
    assert known.english("geregnet") == ("rain",)
    assert known.english("gebaut") == ("build",)


def test_accents_may_be_left_out_and_tell_where_they_stand():
    spanish = Lexicon.of("es", ["cuanto\tas much\n", "cuánto\thow much\n"])
    assert GERMAN.english("gluck") == ("luck",)
    assert spanish.english("cuánto") == ("how much",)
    assert spanish.english("cuanto") == ("as much",)


def test_the_first_of_two_entries_comes_first():
    assert GERMAN.english("kostet") == ("cost", "costs")


def test_what_is_not_listed_is_nothing():
    assert GERMAN.english("zermatt") == ()


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("jahreskarte", "year card"),
        ("schulfahrt", "school trip"),
        ("schuljahreskarte", "school year card"),
    ],
)
def test_a_word_is_known_by_what_it_is_made_of(word, english):
    assert GERMAN.english(word) == (english,)


def test_what_is_longer_than_a_word_is_not_divided():
    assert GERMAN.english("jahr" * 5000) == ()


def test_no_word_is_divided_where_words_are_not_made_of_others():
    french = Lexicon.of("fr", ["carte\tcard\n", "an\tyear\n"])
    assert french.english("ancarte") == ()


def test_phrases_are_known_as_one():
    assert GERMAN.phrase(["es", "gibt", "karten"], 0) == (2, ("there is",))
    assert GERMAN.phrase(["es", "kostet"], 0) == (0, ())


def test_english_words_have_theirs_the_most_usual_first():
    assert GERMAN.words_for("tickets") == ("karte",)
    assert GERMAN.words_for("cost") == ("kosten",)
    assert GERMAN.words_for("glacier") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_listed_is_english(language):
    known = lexicon(language)
    assert len(known.listed) > 4000
    for said, english in (*known.listed.items(), *known.phrases.items()):
        assert english, said
        assert all(word.isascii() and word == word.lower() for word in english), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_own_function_words_are_listed(language):
    unlisted = {
        word
        for word in BY_LANGUAGE[language]
        if len(word) > 1 and LETTERS.fullmatch(word) and not lexicon(language).held(fold(word))
    }
    assert unlisted <= ENGLISH
