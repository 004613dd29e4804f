"""Late interaction: each word of a question counts with its nearest in a text."""

from collections.abc import Sequence

import numpy as np

from rag.models.embedders import minilm
from rag.protocols import Matrix
from rag.retrieval.rerank.likeness import LateInteraction, feedback
from rag.understanding.question.question import understand

WORDS = {"snow": (1.0, 0.0, 0.0), "deep": (0.0, 1.0, 0.0), "oil": (0.0, 0.0, 1.0)}


class WordStates:
    """One axis for each word; counts what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[Matrix]:
        self.asked += texts
        return [np.array([WORDS[w] for w in t.split()], np.float32).reshape(-1, 3) for t in texts]


def test_a_text_is_worth_the_share_of_the_words_that_it_meets():
    met = LateInteraction(WordStates()).met(
        understand("deep snow"),
        {"both": "oil snow oil deep", "one": "snow snow snow", "none": "oil"},
    )
    assert met == {"both": 1.0, "one": 0.5, "none": 0.0}


def test_states_of_a_text_are_made_once_and_the_oldest_are_forgotten():
    states = WordStates()
    interaction = LateInteraction(states, max_kept=2)
    for _ in range(2):
        interaction.met(understand("deep"), {"a": "snow", "b": "oil"})
    assert states.asked == ["deep", "snow", "oil", "deep"]
    interaction.met(understand("deep"), {"c": "deep snow"})
    interaction.met(understand("deep"), {"a": "snow"})
    assert states.asked[4:] == ["deep", "deep snow", "deep", "snow"]


def test_a_sentence_that_answers_is_met_amid_much_else():
    met = LateInteraction(minilm().token_states).met(
        understand("how deep was the snow"),
        {
            "depth": "The shutters were painted. At the end of April 352 cm of snow lay at the "
            "stake. A fox took two eggs from the kitchen, and the oil came by helicopter.",
            "word": "The deep freezer was repaired in spring, and the bill was paid.",
        },
    )
    assert met["depth"] > met["word"]


LIKELY = "Snow lay deep on the pass in January."
ALIKE = "In January the snow of the pass was deep."
OTHER = "The committee elected a treasurer."


def added(texts, logits=(2.0,), rows=None):
    return feedback(texts, rows, np.array(logits))


def test_what_is_like_the_likeliest_is_drawn_up():
    _, other, alike = added([LIKELY, OTHER, ALIKE])

    assert alike > other


def test_vectors_tell_what_words_do_not():
    texts = [LIKELY, "Depth at the saddle: 3 m", OTHER]
    rows = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)

    _, alike, other = added(texts, rows=rows) - added(texts)

    assert alike > other
