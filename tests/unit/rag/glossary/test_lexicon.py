"""Words of a language and what they are in English."""

import pytest

from rag.glossary.lexicon import LANGUAGES, Lexicon, lexicon

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_listed_is_english(language):
    known = lexicon(language)
    assert len(known.listed) > 4000
    for said, english in (*known.listed.items(), *known.phrases.items()):
        assert english, said
        assert all(word.isascii() and word == word.lower() for word in english), said
