"""Words that are English ones but for their ending or a letter."""

import pytest

from rag.glossary.cognates import cognate


@pytest.mark.parametrize(
    ("word", "language", "english"),
    [
        ("informationen", "de", "information"),
        ("kompakt", "de", "compact"),
        ("sécurité", "fr", "security"),
        ("información", "es", "information"),
        ("informação", "pt", "information"),
    ],
)
def test_a_word_that_is_formed_as_in_english_is_told(word, language, english):
    assert cognate(word, language) == english
