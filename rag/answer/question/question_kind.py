"""The kind of answer that a question asks for: a small trained head over its words and meaning.

The logits are a linear map of the question's shape (which short runs of words it has, where, how
long it is: the "wide" part of Cheng et al., Wide & Deep Learning, 2016) and a small network over
the vector of the built-in embedder (the "deep" part). Trained and calibrated by
`training.kinds.kinds`. Knows words and numbers; knows no model and no document.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from rag.stop_words import QUESTION_WORDS

Kind = Literal[
    "lookup",
    "open",
    "why",
    "how",
    "definition",
    "yesno",
    "compare",
    "list",
    "summary",
    "keywords",
    "advice",
]
"""`lookup`: a fact, also the largest of many. `open`: what happened, describe, explain."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EVEN_CHANCES: Final[Mapping[Kind, float]] = dict.fromkeys(KINDS, 1 / len(KINDS))
"""Of a question in other words than those that it was trained on."""

WEIGHTS: Final = "question_kind.json"

Floats = NDArray[np.float32]

_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[?.,:]")
_HELPING: Final = frozenset(
    "is are was were do does did can could will would should has have had".split()
)
_FIRST_WORDS: Final = 3
_LENGTHS: Final = (2, 4, 6, 8, 10, 12, 20, 40)
"""Words at which a question counts as longer."""


def kinds(question: str, vector: Floats | None = None) -> dict[Kind, float]:
    """Return the calibrated chance of each kind; they sum to 1.

    `vector` is the question's unit vector by the built-in embedder (all-MiniLM-L6-v2, 384); without
    it the words alone tell, somewhat less well. Raises ValueError for a vector of another size.
    """
    logits = _shipped().logits(shape(question), vector)
    chances = np.exp(logits - logits.max())
    return dict(zip(KINDS, (chances / chances.sum()).tolist(), strict=True))


def shape(question: str) -> frozenset[str]:
    """Return the signs of a question: its words and pairs, its first and last ones, its length."""
    letters = question.lower().replace("’", "'")
    tokens = _TOKEN.findall(letters)
    return frozenset(
        {
            *(f"^{' '.join(tokens[: n + 1])}" for n in range(min(_FIRST_WORDS, len(tokens)))),
            *(f"~{token}" for token in tokens),
            *(f"~{one} {other}" for one, other in pairwise(tokens)),
            *_last(tokens),
            *_habits(question, tokens),
        }
    )


def _last(tokens: list[str]) -> Iterable[str]:
    words = [token for token in tokens if token != "?"]  # noqa: S105 - a mark
    return (f"${word}" for word in words[-1:])


def _habits(question: str, tokens: list[str]) -> Iterable[str]:
    words = [token for token in tokens if token[0].isalpha()]
    yield f"#length {sum(len(words) >= length for length in _LENGTHS)}"
    if "?" in question:
        yield "#mark"
    if question[:1].isupper():
        yield "#capital"
    if QUESTION_WORDS.isdisjoint(tokens):
        yield "#nothing asks"
    if not _HELPING.isdisjoint(tokens):
        yield "#helping verb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`wide` (signs, kinds) by the numbers of `signs`; the others are a network of one layer."""

    signs: Mapping[str, int]
    wide: Floats
    inner: Floats  # (dimensions, hidden)
    inner_bias: Floats  # (hidden,)
    outer: Floats  # (hidden, kinds)
    bias: Floats  # (kinds,)

    def logits(self, shown: Iterable[str], vector: Floats | None) -> Floats:
        """Return a logit for each of `KINDS`; signs that are not known count nothing."""
        dimensions = len(self.inner)
        given = np.zeros(dimensions, dtype=np.float32) if vector is None else vector
        if given.shape != (dimensions,):
            raise ValueError(f"a vector of {dimensions} numbers is needed, not {given.shape}")
        known = [self.signs[sign] for sign in sorted(shown) if sign in self.signs]
        hidden = np.maximum(given @ self.inner + self.inner_bias, 0)
        logits: Floats = self.wide[known].sum(axis=0) + hidden @ self.outer + self.bias
        return logits


def head_of(data: Mapping[str, Any]) -> Head:
    """Return a head of JSON: its signs in order, and its numbers as base64 of float16."""
    arrays = {
        name: np.frombuffer(base64.b64decode(array["float16"]), dtype="<f2")
        .reshape(array["shape"])
        .astype(np.float32)
        for name, array in data["arrays"].items()
    }
    return Head(signs={sign: n for n, sign in enumerate(data["signs"])}, **arrays)


@functools.cache
def _shipped() -> Head:
    text = (resources.files(__package__) / WEIGHTS).read_text(encoding="utf-8")
    return head_of(json.loads(text))
