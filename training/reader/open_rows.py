"""Rows of relevance, of open questions: `python -m training.reader.open_rows OPEN OUT`.

OPEN is `open.jsonl.gz`: questions of other kinds than look-ups, with passages that answer and
others. What answers is cut to some words around its answering sentences, the others to as much;
no words are marked. Where the set's other passages are about something else, those of all that
share the rarest words with the question are taken (hard negatives: Karpukhin et al., Dense
Passage Retrieval, EMNLP 2020). Sets without a stated licence, or whose answers models made, are
left out.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rag.stop_words import FUNCTION_WORDS
from rag.text import words

LICENSED: Final = ("nq_complex", "fairytaleqa", "qtsumm", "fetaqa", "qmsum", "clapnq", "quotesum")

CUT: Final = (350, 900)
"""Code points of a context: one length between them is drawn for each."""

NEGATIVES: Final = 2

ELSEWHERE: Final = ("nq_complex", "clapnq", "quotesum")
"""Sets whose other passages are about something else: too easy to tell."""

NEAREST: Final = 8
"""Hard negatives are drawn from so many passages that share the rarest words."""

JsonRow = dict[str, Any]


class NearPassages:
    """Finds passages of another title that share rare words with a question."""

    def __init__(self, passages: Sequence[JsonRow]) -> None:
        self._passages = passages
        self._holding: dict[str, list[int]] = defaultdict(list)
        for n, passage in enumerate(passages):
            for word in set(words(passage["text"])) - FUNCTION_WORDS:
                self._holding[word].append(n)

    def find(self, question: str, *, without: frozenset[str]) -> list[JsonRow]:
        """Return the nearest passages, without those of these titles."""
        scores: dict[int, float] = defaultdict(float)
        for word in set(words(question)):
            holding = self._holding.get(word, [])
            for n in holding:
                scores[n] += math.log(len(self._passages) / len(holding))
        nearest = heapq.nlargest(5 * NEAREST, scores, key=scores.__getitem__)
        found = (self._passages[n] for n in nearest)
        return [one for one in found if one["title"] not in without][:NEAREST]


def rows_of(path: Path, rng: random.Random) -> Iterator[JsonRow]:
    """Yield a row for each passage that is relevant, and as many hard ones that are not."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    asked = [raw for raw in read if raw["set"] in LICENSED]
    near = NearPassages([p for raw in asked if raw["set"] in ELSEWHERE for p in raw["passages"]])
    for raw in asked:
        relevant = [one for one in raw["passages"] if one["relevant"]]
        others = [one for one in raw["passages"] if not one["relevant"]]
        if raw["set"] in ELSEWHERE:
            titles = frozenset(one["title"] for one in relevant)
            others = near.find(raw["question"], without=titles) or others
        drawn = rng.sample(others, min(NEGATIVES, len(others)))
        chosen = [(one, True) for one in relevant[:NEGATIVES]] + [(one, False) for one in drawn]
        for n, (passage, is_relevant) in enumerate(chosen):
            yield _row(raw, passage, n, rng) | {"relevant": is_relevant}


def _row(raw: JsonRow, passage: JsonRow, n: int, rng: random.Random) -> JsonRow:
    return {
        "id": f"{raw['id']}-{n}",
        "set": f"open_{raw['set']}",
        "question": raw["question"],
        "context": _cut(passage, rng),
        "lead": passage.get("title") or "",
        "answers": [],
    }


def _cut(passage: JsonRow, rng: random.Random) -> str:
    """Cut whole lines or sentences around the first answering one, or around any."""
    text: str = passage["text"]
    length = rng.randint(*CUT)
    if len(text) <= length:
        return text
    starts = passage.get("starts") or [0]
    sentences = passage.get("sentences") or range(len(starts))
    at = starts[min(rng.choice(list(sentences)), len(starts) - 1)]
    before = [start for start in starts if at - length // 2 <= start <= at]
    begin = rng.choice(before) if before else at
    return text[begin : begin + length]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("open", type=Path, help="open.jsonl.gz")
    parser.add_argument("out", type=Path, help="file of rows to write, .jsonl.gz")
    options = parser.parse_args()
    rng = random.Random(5)  # noqa: S311 - repeatable, not secret
    with gzip.open(options.out, "wt", encoding="utf-8") as file:
        for row in rows_of(options.open, rng):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
