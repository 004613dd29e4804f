"""Writes the list of common words that `rag.glossary.lexicon` is shipped with.

Usage: python -m training.words.common_words rag/glossary/words/english.txt
Words are those of English (pyspellchecker) that are common, or that the embedder was trained with
whole; of the forms of one stem the commonest.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import Stemmer
from spellchecker import SpellChecker

from rag.models.embedders import minilm
from rag.protocols import Embedder
from rag.stop_words import ENGLISH
from rag.text import STOP_WORDS

MIN_FREQUENCY: Final = 300
MIN_LETTERS: Final = 3


def common_words(embedder: Embedder) -> list[str]:
    """Return one form of each stem, the commonest; those known whole come before others."""
    frequencies = SpellChecker(language="en").word_frequency
    alone = embedder.count_tokens("") + 1
    known = {word: embedder.count_tokens(word) == alone for word in frequencies.keys()}  # noqa: SIM118 - it is no dict
    kept = {
        word: (not whole, -frequencies[word])
        for word, whole in known.items()
        if (whole or frequencies[word] >= MIN_FREQUENCY) and _tells(word)
    }
    return list(_one_of_each_stem(sorted(kept, key=lambda word: kept[word])))


def _tells(word: str) -> bool:
    unsaid: Collection[str] = STOP_WORDS | ENGLISH
    return len(word) >= MIN_LETTERS and word.isascii() and word.isalpha() and word not in unsaid


def _one_of_each_stem(words: list[str]) -> Iterator[str]:
    stemmer, seen = Stemmer.Stemmer("porter"), set()
    for word in words:
        stem = stemmer.stemWord(word)
        if stem not in seen:
            seen.add(stem)
            yield word


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.write_text("\n".join(common_words(minilm())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
