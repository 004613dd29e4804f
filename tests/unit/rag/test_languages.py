"""The language of a text, however short."""

import pytest

from rag.languages import is_foreign, is_foreign_question, language_name, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How deep was the snow?", "en"),
        ("snow depth April", "en"),
        ("wie hoch liegt die hütte", "de"),
        ("Was kostet der Besuch?", "de"),
        ("darf mein kind mit", "de"),
        ("pourquoi le sentier est fermé", "fr"),
        ("¿Hay nieve?", "es"),
        ("cuanto cuesta la visita", "es"),
        ("onde fica a estação", "pt"),
        ("ile kosztuje wizyta", "pl"),
        ("hur mycket kostar ett besök", "sv"),
        ("Какой месяц был самым солнечным?", "ru"),
        ("참관 비용이 얼마예요", "ko"),
        ("Die Hard", None),
        ("La Jolla opening hours", None),
        ("AT90S8515 pinout", None),
        ("42", None),
        ("", None),
    ],
)
def test_the_language_of_few_words(text, language):
    assert language_of(text) == language
    assert is_foreign(text) == (language not in {None, "en"})


def test_a_question_is_surely_not_english_though_not_surely_of_which_language():
    assert language_of("ile kosztuje bilet") is None
    assert is_foreign_question("ile kosztuje bilet")
    assert not is_foreign_question("La Jolla opening hours")
    assert not is_foreign_question("bilet")


def test_languages_are_named_in_english():
    assert [language_name(text) for text in ("wo ist die station", "Die Hard")] == ["German", ""]
