"""The chance of each kind of question: a linear map of its runs of words, place and length.

The "wide" part of Cheng et al., Wide & Deep Learning, 2016; trained by `training.kinds.kinds`.
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


def kinds(question: str) -> dict[Kind, float]:
    """Return the calibrated chance of each kind; they sum to 1."""
    logits = _shipped().logits(shape(question))
    chances = np.exp(logits - logits.max())
    return dict(zip(KINDS, (chances / chances.sum()).tolist(), strict=True))


def shape(question: str) -> frozenset[str]:
    """Return the signs of a question: its words and pairs, its first and last ones, its length."""
    letters = question.lower().replace("’", "'")
    tokens = _TOKEN.findall(letters)
    words = [token for token in tokens if token != "?"]  # noqa: S105 - a mark
    return frozenset(
        {
            *(f"^{' '.join(tokens[: n + 1])}" for n in range(min(_FIRST_WORDS, len(tokens)))),
            *(f"~{token}" for token in tokens),
            *(f"~{one} {other}" for one, other in pairwise(tokens)),
            *(f"${word}" for word in words[-1:]),
            *_habits(question, tokens),
        }
    )


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
    """`wide` (signs, kinds) by the numbers of `signs`; `bias` (kinds,)."""

    signs: Mapping[str, int]
    wide: Floats
    bias: Floats

    def logits(self, shown: Iterable[str]) -> Floats:
        """Return a logit for each of `KINDS`; signs that are not known count nothing."""
        known = [self.signs[sign] for sign in sorted(shown) if sign in self.signs]
        logits: Floats = self.wide[known].sum(axis=0) + self.bias
        return logits


def head_of(data: Mapping[str, Any]) -> Head:
    """Return a head of JSON: its signs in order, `wide` as base64 of float16."""
    wide = np.frombuffer(base64.b64decode(data["wide"]), dtype="<f2").astype(np.float32)
    return Head(
        signs={sign: n for n, sign in enumerate(data["signs"])},
        wide=wide.reshape(-1, len(KINDS)),
        bias=np.array(data["bias"], dtype=np.float32),
    )


@functools.cache
def _shipped() -> Head:
    text = (resources.files(__package__) / WEIGHTS).read_text(encoding="utf-8")
    return head_of(json.loads(text))
