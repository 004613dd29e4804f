import numpy as np

from rag.answer.rerank.feedback import feedback

LIKELY = "Snow lay deep on the pass in January."
ALIKE = "In January the snow of the pass was deep."
OTHER = "The committee elected a treasurer."


def added(texts, logits=(2.0,), rows=None):
    return feedback(texts, rows, np.array(logits))


def test_what_is_like_the_likeliest_is_drawn_up():
    _, other, alike = added([LIKELY, OTHER, ALIKE])

    assert alike > other


def test_an_unlikely_hit_draws_nothing_up():
    texts = [LIKELY, OTHER, ALIKE, "A treasurer was elected by the committee."]
    *_, like_likely, like_unlikely = added(texts, logits=(4.0, -4.0))

    assert like_likely > like_unlikely


def test_vectors_tell_what_words_do_not():
    texts = [LIKELY, "Depth at the saddle: 3 m", OTHER]
    rows = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)

    _, alike, other = added(texts, rows=rows) - added(texts)

    assert alike > other
