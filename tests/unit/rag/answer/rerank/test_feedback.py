import numpy as np
import pytest

from rag.answer.rerank.feedback import feedback, word_rows

LIKELY = "Snow lay deep on the pass in January."
ALIKE = "In January the snow of the pass was deep."
OTHER = "The committee elected a treasurer."


def added(texts, logits=(2.0,), rows=None):
    return feedback(texts, rows, np.array(logits))


def test_what_is_like_the_likeliest_is_drawn_up():
    _, other, alike = added([LIKELY, OTHER, ALIKE])

    assert alike > other


def test_a_single_hit_stays_as_it_is():
    assert added([LIKELY]) == pytest.approx([0.0])


def test_only_differences_count():
    assert added([LIKELY, LIKELY, LIKELY], logits=(2.0, -1.0)) == pytest.approx([0.0] * 3)


def test_an_unlikely_hit_draws_nothing_up():
    texts = [LIKELY, OTHER, ALIKE, "A treasurer was elected by the committee."]
    *_, like_likely, like_unlikely = added(texts, logits=(4.0, -4.0))

    assert like_likely > like_unlikely


def test_vectors_tell_what_words_do_not():
    texts = [LIKELY, "Depth at the saddle: 3 m", OTHER]
    rows = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)

    _, alike, other = added(texts, rows=rows) - added(texts)

    assert alike > other


def test_the_order_of_the_others_does_not_matter():
    one, two = added([LIKELY, ALIKE, OTHER]), added([LIKELY, OTHER, ALIKE])

    assert one[[0, 2, 1]] == pytest.approx(two)


def test_texts_without_words_are_like_nothing_and_harm_nothing():
    values = added(["...", "—", LIKELY], logits=(1.0, 0.0))

    assert np.isfinite(values).all()


def test_rows_are_unit_and_a_word_of_all_texts_tells_least():
    rows = word_rows(["snow pass snow", "snow road", "snow letter"])

    assert np.linalg.norm(rows, axis=1) == pytest.approx([1.0] * 3)
    assert (rows @ rows.T)[0, 1] < 0.5
