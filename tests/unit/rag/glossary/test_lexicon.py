"""Words of a language and what they are in English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.glossary.gloss import as_english, gloss, glossed
from rag.glossary.lexicon import LANGUAGES, Lexicon, lexicon
from rag.text import words

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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Wie viele Mitglieder hat der Verein?", {"how", "many", "members", "member"}),
        ("Combien de membres a l'association ?", {"how", "many", "member", "members"}),
        ("¿Cuántos miembros tiene la asociación?", {"how", "many", "member", "members"}),
        ("Quanti soci ha l'associazione?", {"how", "many", "member", "members"}),
    ],
)
def test_a_question_is_read_in_english(text, told):
    assert len(told & set(words(as_english(text)))) >= len(told) - 1


@pytest.mark.parametrize(
    "text",
    [
        "Who was the chair of the meeting?",
        "Pin",
        "Was 2025 warmer than usual?",
        "12.5",
        "Zermatt",
        "Vad kostar reparationen?",
    ],
)
def test_what_is_english_or_untold_stays(text):
    assert gloss(text) is None
    assert as_english(text) == text


@pytest.mark.parametrize("text", ["Preis Jahreskarte", "Öffnungszeiten", "horaires d'ouverture"])
def test_a_few_words_tell_their_language(text):
    assert gloss(text) is not None


def test_words_of_a_language_without_a_list_are_read_as_those_of_no_other():
    assert gloss("ile kosztuje bilet") is None


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(alphabet="aeilmnrst’' .-éüß0\n", max_size=60))
def test_each_part_of_a_gloss_knows_its_place(language, text):
    found = glossed(text, lexicon(language))
    assert "".join(text[piece.start : piece.end] for piece in found.pieces) == text
    for start in range(len(found.text)):
        first, last = found.range(start, start + 1)
        assert 0 <= first < last <= len(text)
