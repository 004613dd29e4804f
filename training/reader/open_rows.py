"""Rows of relevance, of open questions: `python -m training.reader.open_rows OPEN OUT`.

OPEN is `open.jsonl.gz`: questions of other kinds than look-ups, with passages that answer and
others. What answers is cut to some words around its answering sentences, the others to as much;
these sentences are marked where they stand together and are no longer than an answer may be. Where
the set's other passages are about something else, those of all that share the rarest words with
the question are taken, but for such as hold much of its answer (hard negatives: Karpukhin et al.,
Dense Passage Retrieval, EMNLP 2020). Sets without a stated licence, or whose answers models made,
are left out.
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

MOST_TOLD: Final = 0.45
"""A passage with a larger share of the answer's words may answer too."""

LONGEST: Final = 400
"""Code points of what is marked; more tokens than a span may have lie far behind it."""

JsonRow = dict[str, Any]


class NearPassages:
    """Finds passages of another title that share rare words with a question."""

    def __init__(self, passages: Sequence[JsonRow]) -> None:
        self._passages = passages
        self._words = [set(words(one["text"])) - FUNCTION_WORDS for one in passages]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for n, own in enumerate(self._words):
            for word in own:
                self._holding[word].append(n)

    def find(self, question: str, *, answer: str, without: frozenset[str]) -> list[JsonRow]:
        """Return the nearest passages, without those of these titles or with much of the answer."""
        scores: dict[int, float] = defaultdict(float)
        for word in set(words(question)):
            holding = self._holding.get(word, [])
            for n in holding:
                scores[n] += math.log(len(self._passages) / len(holding))
        told = set(words(answer)) - FUNCTION_WORDS
        found = (
            self._passages[n]
            for n in heapq.nlargest(5 * NEAREST, scores, key=scores.__getitem__)
            if len(told & self._words[n]) <= MOST_TOLD * len(told)
        )
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
            others = near.find(raw["question"], answer=_answer(raw), without=titles) or others
        drawn = rng.sample(others, min(NEGATIVES, len(others)))
        chosen = [(one, True) for one in relevant[:NEGATIVES]] + [(one, False) for one in drawn]
        for n, (passage, is_relevant) in enumerate(chosen):
            yield _row(raw, passage, n, rng) | {"relevant": is_relevant}


def _answer(raw: JsonRow) -> str:
    told = raw.get("answer") or ""
    return told if isinstance(told, str) else " ".join(map(str, told))


def _row(raw: JsonRow, passage: JsonRow, n: int, rng: random.Random) -> JsonRow:
    begin, end = _cut(passage, rng)
    first, last = _marked(passage)
    is_whole = begin <= first < last <= end and last - first <= LONGEST
    text: str = passage["text"]
    marked = [{"start": first - begin, "text": text[first:last]}] if is_whole else []
    return {
        "id": f"{raw['id']}-{n}",
        "set": f"open_{raw['set']}",
        "question": raw["question"],
        "context": text[begin:end],
        "lead": passage.get("title") or "",
        "answers": marked,
    }


def _marked(passage: JsonRow) -> tuple[int, int]:
    """Return the range of the answering sentences; (0, 0) where none is told, or some lie apart."""
    sentences: list[int] = passage.get("sentences") or []
    text: str = passage["text"]
    if not sentences or sentences != list(range(sentences[0], sentences[-1] + 1)):
        return 0, 0
    starts = [*passage["starts"], len(text)]
    first, last = starts[sentences[0]], starts[sentences[-1] + 1]
    return first, first + len(text[first:last].rstrip())


def _cut(passage: JsonRow, rng: random.Random) -> tuple[int, int]:
    """Return a range of whole lines or sentences around an answering one, or around any."""
    text: str = passage["text"]
    length = rng.randint(*CUT)
    if len(text) <= length:
        return 0, len(text)
    starts = passage.get("starts") or [0]
    sentences = passage.get("sentences") or range(len(starts))
    at = starts[min(rng.choice(list(sentences)), len(starts) - 1)]
    before = [start for start in starts if at - length // 2 <= start <= at]
    begin = rng.choice(before) if before else at
    return begin, min(len(text), begin + length)


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
