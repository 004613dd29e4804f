"""The text embedder of a hundred languages: multilingual-e5-small, from its file of 4 bits.

Wang et al., Multilingual E5 Text Embeddings, 2024: a BERT over XLM-R's pieces of words, pooled by
the mean; what is asked begins with "query: ", what is found with "passage: ". The vectors of its
250,000 pieces, four fifths of its numbers, stay in the file and are unpacked as a text needs them.
A tokenizer of the usual library takes 300 MB and three seconds for as many pieces; ours a tenth,
and next to the network its time is nothing.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.models.embeddings.e5_file import FILE, E5File, E5Words, unpacked
from rag.models.embeddings.embedders import SentenceEmbedder
from rag.protocols import Matrix

if TYPE_CHECKING:
    from rag.models.base.bert import Bert


OPENS: Final = 0
CLOSES: Final = 2
"""The numbers of what stands before and behind a text."""

BEGINS: Final = "▁"
"""The first letter of each piece that begins a word, which lies in no other place."""

LONGEST: Final = 16
"""No piece has more letters."""

UNKNOWN_BELOW: Final = 10.0
"""A letter of no piece scores so much less than the worst piece."""

KEPT_WORDS: Final = 20_000

_SPACES: Final = re.compile(" +")


class Pieces:
    """Divides texts. Any thread may call."""

    def __init__(self, words: E5Words) -> None:
        self._letters = words.letters
        numbered = enumerate(words.pieces)  # what opens and closes texts has no chance of its own
        self._numbers = {piece: n for n, (piece, score) in numbered if score < 0}
        self._scores = [score for _, score in words.pieces]
        self._unknown = words.unknown
        self._unknown_score = min(self._scores) - UNKNOWN_BELOW
        self._of_word = functools.lru_cache(KEPT_WORDS)(self._divided)

    def tokens(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, opened and closed."""
        normal = unicodedata.normalize("NFC", text).translate(self._letters)
        words = _SPACES.split(normal.removeprefix(" "))
        found = (number for word in words for number in self._of_word(BEGINS + word))
        return [OPENS, *found, CLOSES]

    def _divided(self, word: str) -> tuple[int, ...]:
        """Return the pieces of a word whose scores (logarithms of chances) sum to the most."""
        best = [0.0, *[float("-inf")] * len(word)]  # of what ends there
        last = [(0, self._unknown)] * len(best)  # where its last piece begins, and which it is
        for start in range(len(word)):
            for end in range(start + 1, min(start + LONGEST, len(word)) + 1):
                number = self._numbers.get(word[start:end], self._unknown)
                is_known = number != self._unknown
                if not is_known and end > start + 1:
                    continue
                score = best[start] + (self._scores[number] if is_known else self._unknown_score)
                if score > best[end]:
                    best[end], last[end] = score, (start, number)
        found, end = [], len(word)
        while end:
            end, number = last[end]
            found.append(number)
        return tuple(found[::-1])


MODEL_ID: Final = "multilingual-e5-small@1571fc982750"
"""With the hash of its file, which whoever put it there has checked."""


class E5Embedder(SentenceEmbedder):
    """The `Embedder` over the file in a folder. Loads when first needed; thread-safe.

    Raises ModelError where there is no such file, or it is damaged.
    """

    def __init__(self, locate: Callable[[], Path]) -> None:
        super().__init__(locate, name=MODEL_ID, max_tokens=512, dim=384)
        self._pieces: Pieces | None = None

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return super().embed_documents([f"query: {text}" for text in texts])

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return super().embed_documents([f"passage: {text}" for text in texts])

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        with self._lock:
            if self._pieces is None:
                self._pieces = Pieces(self._file().words())
        return [self._pieces.tokens(text) for text in texts]

    def _read_bert(self) -> Bert:
        from rag.models.base.bert import Bert, BertShape

        file = self._file()
        shape = BertShape(
            hidden_size=file.shape.hidden_size,
            num_hidden_layers=file.shape.num_hidden_layers,
            num_attention_heads=file.shape.num_attention_heads,
            layer_norm_eps=file.shape.layer_norm_eps,
        )
        rows = file.rows_of_words
        return Bert(shape, file.tensors(), lambda ids: unpacked(rows[ids]), in_bytes=True)

    def _file(self) -> E5File:
        return E5File(self._locate() / FILE)
