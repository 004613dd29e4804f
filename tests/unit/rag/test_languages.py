"""The language of a text, however short."""

import pytest

from rag.languages import is_foreign, language_name, told_language


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
    assert told_language(text) == language
    assert is_foreign(text) == (language not in {None, "en"})


def test_languages_are_named_in_english():
    assert [language_name(text) for text in ("wo ist die station", "Die Hard")] == ["German", ""]
