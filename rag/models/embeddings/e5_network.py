"""The network of multilingual-e5-small, made of its file. Imports torch when imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import torch
from torch import Tensor, nn

from rag.models.base.bert import Bert, BertShape
from rag.models.embeddings.e5_file import E5File, unpacked

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


class WordsInFile(nn.Module):
    """The vectors of words, unpacked out of the file as they are asked for."""

    def __init__(self, file: E5File) -> None:
        super().__init__()
        self._rows = file.rows_of_words
        self.register_buffer("like", torch.empty(0), persistent=False)
        self.like: Tensor  # where the network computes, and in what numbers

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors of `ids` (tokens,) as (tokens, width)."""
        return torch.from_numpy(unpacked(self._rows[ids.cpu().numpy()])).to(self.like)


def bert_of(file: E5File) -> Bert:
    """Return the network in float32, its words left in the file. Raises ModelError."""
    model = Bert(BertShape(**asdict(file.shape) | {"vocab_size": 1}))
    model.embeddings.word_embeddings = WordsInFile(file)  # type: ignore[assignment]  # it is called alike
    own = model.state_dict()
    model.load_state_dict(
        {
            name: torch.tensor(file.tensor(theirs)).view_as(own[name])
            for name, theirs in _names(file)
        }
    )
    return model


def _names(file: E5File) -> Iterator[tuple[str, str]]:
    """Yield BERT's names of all tensors but the words', each with the file's."""
    yield from ((f"embeddings.{name}", theirs) for name, theirs in _EMBEDDINGS.items())
    for layer in range(file.shape.num_hidden_layers):
        for short, name in _OF_LAYER.items():
            for part, end in (("weight", "w"), ("bias", "b")):
                yield f"encoder.layer.{layer}.{name}.{part}", f"l{layer}.{short}.{end}"
