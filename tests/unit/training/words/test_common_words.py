from training.words.common_words import common_words


class Known:
    """An embedder that knows short words whole."""

    def count_tokens(self, text):
        return 2 + (len(text) + 4) // 5


def test_common_words_are_one_of_each_stem_and_tell_something():
    words = common_words(Known())

    assert {"price", "water"} <= set(words)
    assert "would" not in words
    assert sum(word in words for word in ("measure", "measures", "measured")) == 1
