import numpy as np

from rag.glossary.word_vectors import WordVectors, packed
from training.words.word_vectors import common_words, names_among, principal


class Known:
    """An embedder that knows short words whole."""

    def count_tokens(self, text):
        return 2 + (len(text) + 4) // 5


def test_common_words_are_one_of_each_stem_and_tell_something():
    words = common_words(Known())

    assert {"price", "water"} <= set(words)
    assert "would" not in words
    assert sum(word in words for word in ("measure", "measures", "measured")) == 1


def test_the_first_axes_keep_what_rows_have_in_common():
    rows = np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 1, 2]]
    kept = WordVectors.of(packed(list("abcdef"), rows, principal(rows, 2)))

    assert kept.rows.shape == (6, 2)
    assert kept.rows[0] @ kept.rows[1] > 0.99
    assert abs(kept.rows[0] @ kept.rows[3]) < 0.01


def test_a_name_is_what_is_written_with_a_capital_amid_sentences():
    texts = [
        "In Spain, Madrid is large",
        "from Madrid to the hut",
        "to Madrid",
        "in March we march",
    ]

    assert names_among(["madrid", "hut", "march", "spain"], texts) == ["madrid"]
