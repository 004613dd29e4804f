"""multilingual-e5-small as one file of 4 bits: its pieces of words, its letters, its numbers.

The layout (little-endian): "E5S1", version, eight sizes and an epsilon; the tokenizer's counts,
where each piece begins, scores, pieces; a table of letters that stand for others; a directory of
tensors with their places in the file. Matrices lie in Q4_0 (llama.cpp): 32 numbers to a block, a
scale in float16 and 16 bytes, of which byte j holds number j low and number j + 16 high, each less
8. Knows no torch and no tokenizer's library.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

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

_OF_MATRICES: Final = (".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w", ".fo.w")

_EMBEDDINGS: Final = {
    "position_embeddings.weight": "emb.pos",
    "token_type_embeddings.weight": "emb.type",
    "LayerNorm.weight": "emb.ln.w",
    "LayerNorm.bias": "emb.ln.b",
}
_OF_PLACES: Final = ("emb.pos", "emb.type")


@dataclass(frozen=True, slots=True)
class E5Shape:
    """The sizes of the network, in the order of the file's head, by BERT's names."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class E5Words:
    """What the tokenizer is made of. `letters` has for a code point what stands for it."""

    pieces: list[tuple[str, float]]
    unknown: int
    letters: dict[int, str]


class E5File:
    """One such file, mapped: what is not read takes no memory. Raises ModelError for any other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._data = np.memmap(path, dtype=np.uint8, mode="r")
            self._read()
        except (OSError, ValueError, OverflowError, struct.error) as error:
            raise self._unusable(str(error)) from error

    def words(self) -> E5Words:
        """Return the pieces with their scores, and the letters."""
        ends = np.frombuffer(self._data, "<u4", self._piece_count + 1, self._ends_at)
        scores = np.frombuffer(self._data, "<f4", self._piece_count, self._scores_at)
        text = self._data[self._pieces_at : self._letters_at].tobytes()
        pieces = (text[a:b].decode() for a, b in itertools.pairwise(ends))
        return E5Words(
            pieces=list(zip(pieces, scores.tolist(), strict=True)),
            unknown=self._unknown,
            letters=dict(self._letters()),
        )

    def tensors(self) -> dict[str, Floats]:
        """Return all tensors but the words' vectors, by the names of BERT's checkpoints."""
        return {name: self._tensor(theirs) for name, theirs in self._names()}

    def _names(self) -> Iterator[tuple[str, str]]:
        yield from ((f"embeddings.{name}", theirs) for name, theirs in _EMBEDDINGS.items())
        for layer in range(self.shape.num_hidden_layers):
            for short, name in _OF_LAYER.items():
                for part, end in (("weight", "w"), ("bias", "b")):
                    yield f"encoder.layer.{layer}.{name}.{part}", f"l{layer}.{short}.{end}"

    def _tensor(self, name: str) -> Floats:
        """Return a tensor: vectors as they are, matrices (rows, columns)."""
        numbers = self._numbers(name)
        if name in _OF_PLACES:
            return numbers.reshape(-1, self.shape.hidden_size)
        if not name.endswith(_OF_MATRICES):
            return numbers
        return numbers.reshape(len(self._numbers(name.removesuffix("w") + "b")), -1)

    def _numbers(self, name: str) -> Floats:
        """Return a tensor's numbers one behind another."""
        kind, count, at = self._named(name)
        if kind != Q4_0:
            return np.frombuffer(self._data, "<f4", count, at)
        return unpacked(np.frombuffer(self._data, _Q4_BLOCK, count // BLOCK, at))

    @cached_property
    def rows_of_words(self) -> NDArray[np.void]:
        """The vectors of the pieces, still in 4 bits, shape (vocabulary, width / 32)."""
        _, count, at = self._named("emb.word")
        blocks = np.frombuffer(self._data, _Q4_BLOCK, count // BLOCK, at)
        return blocks.reshape(self.shape.vocab_size, self.shape.hidden_size // BLOCK)

    def _read(self) -> None:
        if self._data[:4].tobytes() != MAGIC:
            raise ValueError("it does not begin as one")
        *sizes, _block = self._take("<7ifi", 8)
        self.shape = E5Shape(*sizes)
        head = self._take("<5iQ", 44)
        self._piece_count, self._unknown, length = head[0], head[4], head[5]
        self._ends_at = 44 + 28
        self._scores_at = self._ends_at + 4 * (self._piece_count + 1)
        self._pieces_at = self._scores_at + 4 * self._piece_count
        self._letters_at = self._pieces_at + length
        self._letter_count, size = self._take("<iI", self._letters_at)
        self._tensors = dict(self._directory(self._letters_at + 8 + size))

    def _letters(self) -> Iterator[tuple[int, str]]:
        at = self._letters_at + 8
        for _ in range(self._letter_count):
            letter, count = self._take("<IB", at)
            yield letter, "".join(map(chr, self._take(f"<{count}I", at + 5)))
            at += 5 + 4 * count

    def _directory(self, at: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
        """Yield the tensors' names, each with its type, count of numbers and place."""
        (count,) = self._take("<i", at)
        at += 4
        for _ in range(count):
            (length,) = self._take("<H", at)
            name = self._data[at + 2 : at + 2 + length].tobytes().decode()
            kind, numbers, place, _size = self._take("<BIQQ", at + 2 + length)
            yield name, (kind, numbers, place)
            at += 2 + length + 21

    def _take(self, form: str, at: int) -> tuple[Any, ...]:
        return struct.unpack_from(form, self._data.data, at)

    def _named(self, name: str) -> tuple[int, int, int]:
        if name not in self._tensors:
            raise self._unusable(f"it has no {name}")
        return self._tensors[name]

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
