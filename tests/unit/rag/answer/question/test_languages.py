"""The language of a question, and what is said where that of the places is another."""

import pytest
from builders_answer import chunk, hit

from rag.answer.question.languages import language_of, other_language
from rag.engine.stages import across_languages

ENGLISH = [hit(chunk("a", "The snow was deep at the end of April and it lay for long."))]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How deep was the snow?", "English"),
        ("Wie tief war der Schnee Ende April?", "German"),
        ("Quel est le mois le plus ensoleillé ?", "French"),
        ("¿Cuánto anticongelante hay en el cubo?", "Spanish"),
        ("Какой месяц был самым солнечным?", "Cyrillic letters"),
        ("Was kostet der Besuch?", "German"),
        ("snow depth April", ""),
        ("42", ""),
    ],
)
def test_a_language_is_told_by_its_function_words_or_script(text, language):
    assert language_of(text) == language


def test_another_language_than_the_places_is_said_with_what_would_help():
    told = other_language("Wie tief war der Schnee?", ENGLISH, across=across_languages())

    assert "German" in told
    assert "English" in told
    assert "granite-97m (0.2 GB)" in told


@pytest.mark.parametrize("question", ["How deep was the snow?", "snow April"])
def test_of_one_language_nothing_is_said(question):
    assert other_language(question, ENGLISH, across=across_languages()) == ""
