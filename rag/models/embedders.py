"""Text embedders that are built in: words to unit vectors, by the mean of BERT's states.

MiniLM, for English, comes with the packages: its tokenizer is there at once; the model behind it
takes seconds to import and loads when first needed, or when `warm` is called from a background
thread.

multilingual-e5-small, for a hundred languages, comes with the set-up as one file of 4 bits (Wang et
al., Multilingual E5 Text Embeddings, 2024): a BERT over XLM-R's pieces of words; what is asked
begins with "query: ", what is found with "passage: ". The vectors of its 250,000 pieces, four
fifths of its numbers, stay in the file and are unpacked as a text needs them. A tokenizer of the
usual library takes 300 MB and three seconds for as many pieces; ours a tenth, and next to the
network its time is nothing.

The file (little-endian): "E5S1", version, eight sizes and an epsilon; the tokenizer's counts, where
each piece begins, scores, pieces; a table of letters that stand for others; a directory of tensors
with their places. Matrices lie in Q4_0 (llama.cpp): 32 numbers to a block, a scale in float16 and
16 bytes, of which byte j holds number j low and number j + 16 high, each less 8.
"""

from __future__ import annotations

import functools
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.glossary.gloss import as_english
from rag.models.base.computing import LazyModel, computed, load_tokenizer
from rag.models.base.weights import MINILM
from rag.protocols import Matrix

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from rag.models.base.network import Bert

CACHED_TEXTS: Final = 64
"""Of so many texts that came alone the states are kept: at most 25 MB, mostly one."""


class SentenceEmbedder(LazyModel["Bert"]):
    """A BERT of sentence-transformers. Thread-safe. Raises ModelError for weights that lack."""

    def __init__(
        self,
        locate: Callable[[], Path],
        *,
        name: str,
        max_tokens: int,
        dim: int,
        reads: Callable[[str], str] = str,
    ) -> None:
        """`reads` makes of a text what is embedded for it."""
        super().__init__()
        self._reads = reads
        self._locate = locate
        self.model_id = name
        self.max_tokens = max_tokens
        self.dim = dim
        self._asked = functools.lru_cache(CACHED_TEXTS)(lambda text: self._states([text])[0])

    def count_tokens(self, text: str) -> int:
        return len(self._tokens([text])[0])

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self.embed_documents(texts)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Return unit rows, the means of the states, in the order of `texts`."""
        rows = self._encoded(texts, lambda states: _unit(states.mean(0)))
        return np.stack(rows) if rows else np.zeros((0, self.dim), dtype=np.float32)

    def token_states(self, texts: Sequence[str]) -> list[Matrix]:
        """Return the unit rows, (tokens, dim), of each text's own tokens, up to `max_tokens`."""
        return self._encoded(texts, lambda states: _unit(states[1:-1]))

    def _encoded(self, texts: Sequence[str], pool: Callable[[Matrix], Matrix]) -> list[Matrix]:
        """Return what `pool` makes of each text's states, shape (tokens, dim).

        One text alone is mostly a question, of which both its vector and its words' are asked for.
        """
        if len(texts) == 1:
            return [pool(self._asked(texts[0]))]
        return [pool(states) for states in self._states(texts)]

    def _states(self, texts: Sequence[str]) -> list[Matrix]:
        most = self.max_tokens
        ids = [  # what is beyond is left out; the last one, which ends a text, stays the last
            own if len(own) <= most else [*own[: most - 1], own[-1]]
            for own in self._tokens(list(map(self._reads, texts)))
        ]
        return computed(ids, self._encode, length=len)

    def _encode(self, batch: Sequence[Sequence[int]]) -> list[Matrix]:
        states = self._model().states(batch)
        return [own[: len(row)] for own, row in zip(states, batch, strict=True)]

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]

    @functools.cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(self._locate() / "tokenizer.json")

    def _load(self) -> Bert:
        from rag.models.base.network import bert_of, read_checkpoint

        return bert_of(*read_checkpoint(self._locate()), in_bytes=True)


def _unit(rows: Matrix) -> Matrix:
    lengths: Matrix = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / lengths


def minilm() -> SentenceEmbedder:
    """Return the built-in embedder; it knows English: of another language the gloss is embedded."""
    return SentenceEmbedder(
        MINILM.locate,
        name=f"all-MiniLM-L6-v2@{MINILM.sha256[:12]}",
        max_tokens=256,
        dim=384,
        reads=as_english,
    )


FILE: Final = "e5-small-q4.bin"

MAGIC: Final = b"E5S1"
Q4_0: Final = 1
"""The type of tensors in 4 bits; 0 is float32."""

BLOCK: Final = 32
_Q4_BLOCK: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])

Floats = NDArray[np.float32]

_OF_LAYER: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""The file's names for parts of a layer, and those of BERT's checkpoints."""

_EMBEDDINGS: Final = {
    "position_embeddings.weight": "emb.pos",
    "token_type_embeddings.weight": "emb.type",
    "LayerNorm.weight": "emb.ln.w",
    "LayerNorm.bias": "emb.ln.b",
}


class E5File:
    """One such file, mapped: what is not read takes no memory. Raises ModelError for any other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._data = np.memmap(path, dtype=np.uint8, mode="r")
            self._read()
        except (OSError, ValueError, OverflowError, struct.error) as error:
            raise self._unusable(str(error)) from error

    def _read(self) -> None:
        if self._data[:4].tobytes() != MAGIC:
            raise ValueError("it does not begin as one")
        self._at = 8
        self._width, layers, heads, *_, epsilon, _block = self._take("<7ifi")
        self.shape: dict[str, Any] = {  # as `BertShape`
            "hidden_size": self._width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "layer_norm_eps": epsilon,
        }
        count, *_, self._unknown, length = self._take("<5iQ")
        self._ends, self._scores = self._array("<u4", count + 1), self._array("<f4", count)
        self._pieces = self._array("u1", length)
        self._letters: dict[int, str] = {}
        for _ in range(self._take("<iI")[0]):
            letter, length = self._take("<IB")
            self._letters[letter] = "".join(map(chr, self._take(f"<{length}I")))
        self._tensors: dict[str, tuple[int, int, int]] = {}
        for _ in range(self._take("<i")[0]):
            name = self._array("u1", self._take("<H")[0]).tobytes().decode()
            kind, numbers, place, _size = self._take("<BIQQ")
            self._tensors[name] = kind, numbers, place

    def _take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._data.data, self._at)
        self._at += struct.calcsize(form)
        return found

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += found.nbytes
        return found

    def words(self) -> Pieces:
        text = self._pieces.tobytes()
        pieces = [text[a:b].decode() for a, b in pairwise(self._ends)]
        return Pieces(pieces, self._scores.tolist(), self._letters, self._unknown)

    def tensors(self) -> Iterator[tuple[str, Floats]]:
        """Yield all tensors but the words' vectors, by the names of BERT's checkpoints."""
        for name, theirs in _EMBEDDINGS.items():
            rows = self._numbers(theirs)
            is_norm = name.startswith("LayerNorm")
            yield f"embeddings.{name}", rows if is_norm else rows.reshape(-1, self._width)
        parts = product(range(self.shape["num_hidden_layers"]), _OF_LAYER.items())
        for layer, (short, name) in parts:
            whole, own = f"encoder.layer.{layer}.{name}", f"l{layer}.{short}"
            rows, bias = self._numbers(f"{own}.w"), self._numbers(f"{own}.b")
            is_norm = name.endswith("LayerNorm")
            yield f"{whole}.weight", rows if is_norm else rows.reshape(len(bias), -1)
            yield f"{whole}.bias", bias

    def _numbers(self, name: str) -> Floats:
        raw = self._raw(name)
        return unpacked(raw) if raw.dtype == _Q4_BLOCK else raw

    def rows_of_words(self) -> NDArray[np.void]:
        """Return the vectors of the pieces, still in 4 bits, shape (vocabulary, width / 32)."""
        return self._raw("emb.word").reshape(-1, self._width // BLOCK)

    def _raw(self, name: str) -> NDArray[Any]:
        """Return a tensor as it lies there: numbers, or blocks of 32 in 4 bits."""
        if name not in self._tensors:
            raise self._unusable(f"it has no {name}")
        kind, count, at = self._tensors[name]
        if kind == Q4_0:
            return np.frombuffer(self._data, _Q4_BLOCK, count // BLOCK, at)
        return np.frombuffer(self._data, "<f4", count, at)

    def _unusable(self, reason: str) -> ModelError:
        return ModelError(
            f"The model of languages in {self._path} can't be used: {reason}.",
            hint="Run: pagelight setup",
        )


def unpacked(blocks: NDArray[np.void]) -> Floats:
    """Return the numbers of Q4_0 blocks (..., n) as (..., 32 n)."""
    nibbles = blocks["nibbles"]
    signed = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    numbers = signed * blocks["scale"].astype(np.float32)[..., None]  # (..., n, 32)
    return numbers.reshape(*blocks.shape[:-1], -1)


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

    def __init__(
        self, pieces: Sequence[str], scores: Sequence[float], letters: dict[int, str], unknown: int
    ) -> None:
        """`letters` has for a code point what stands for it; `unknown` is a piece's number."""
        self._letters = letters
        # What opens and closes texts has no chance of its own.
        self._numbers = {piece: n for n, piece in enumerate(pieces) if scores[n] < 0}
        self._scores = scores
        self._unknown = unknown
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
    """The `Embedder` over the file in a folder. Raises ModelError where it lacks, or is damaged."""

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
                self._pieces = self._file().words()
        return [self._pieces.tokens(text) for text in texts]

    def _load(self) -> Bert:
        from rag.models.base.network import Bert, BertShape

        file = self._file()
        rows, shape = file.rows_of_words(), BertShape(**file.shape)
        return Bert(shape, dict(file.tensors()), lambda ids: unpacked(rows[ids]), in_bytes=True)

    def _file(self) -> E5File:
        return E5File(self._locate() / FILE)
