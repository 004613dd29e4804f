"""Writes the vectors of common words that `rag.glossary.word_vectors` is shipped with.

Usage: python -m training.words.word_vectors OUT.npz --texts reader.jsonl.gz [--dim 192]
Words are those of English (pyspellchecker) that are common, or that the embedder was trained with
whole; of the forms of one stem the commonest. Their vectors are turned to their first principal
components and kept as bytes. Names are those that texts write with a capital amid their sentences.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import Stemmer
from spellchecker import SpellChecker

from rag.glossary.word_vectors import packed
from rag.neural.embed.embedders import minilm
from rag.protocols import Embedder, Matrix
from rag.stop_words import ENGLISH
from rag.text import STOP_WORDS

LEAST_FREQUENCY: Final = 300
LEAST_LETTERS: Final = 3

LEAST_SEEN: Final = 3
LEAST_CAPITALS: Final = 0.9
"""A word is a name if it was so often seen with a capital amid sentences, and so rarely without."""

_AMID: Final = re.compile(r"(?<=[a-z,;] )[A-Za-z][a-z]+")


def common_words(embedder: Embedder) -> list[str]:
    """Return one form of each stem, the commonest; those known whole come before others."""
    frequencies = SpellChecker(language="en").word_frequency
    alone = embedder.count_tokens("") + 1
    known = {word: embedder.count_tokens(word) == alone for word in frequencies.keys()}  # noqa: SIM118 - it is no dict
    kept = {
        word: (not whole, -frequencies[word])
        for word, whole in known.items()
        if (whole or frequencies[word] >= LEAST_FREQUENCY) and _tells(word)
    }
    return list(_one_of_each_stem(sorted(kept, key=lambda word: kept[word])))


def _tells(word: str) -> bool:
    unsaid: Collection[str] = STOP_WORDS | ENGLISH
    return len(word) >= LEAST_LETTERS and word.isascii() and word.isalpha() and word not in unsaid


def _one_of_each_stem(words: list[str]) -> Iterator[str]:
    stemmer, seen = Stemmer.Stemmer("porter"), set()
    for word in words:
        stem = stemmer.stemWord(word)
        if stem not in seen:
            seen.add(stem)
            yield word


def names_among(words: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Return the words that texts write with a capital where no sentence begins."""
    seen = Counter(found for text in texts for found in _AMID.findall(text))
    return [word for word in words if _is_name(seen[word.capitalize()], seen[word])]


def _is_name(capitals: int, small: int) -> bool:
    return capitals >= LEAST_SEEN and capitals >= LEAST_CAPITALS * (capitals + small)


def contexts(path: Path) -> set[str]:
    """Return the passages of the reader's training data, each once: tables have small names."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {text for line in lines if " | " not in (text := json.loads(line)["context"])}


def principal(rows: Matrix, dim: int) -> Matrix:
    """Return the first principal axes, shape (dimensions, dim), of rows, about the origin."""
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    turned: Matrix = axes[:dim].T.astype(np.float32)
    return turned


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--texts", type=Path, required=True, help="rows with a context each")
    parser.add_argument("--dim", type=int, default=192)
    args = parser.parse_args()
    embedder = minilm()
    words = common_words(embedder)
    rows = embedder.embed_documents(words)  # (n, dimensions)
    kept = packed(words, rows, principal(rows, args.dim))
    names = names_among(words, contexts(args.texts))
    np.savez_compressed(args.out, allow_pickle=False, **kept, names=np.array("\n".join(names)))


if __name__ == "__main__":
    main()
