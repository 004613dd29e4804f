"""BERT's encoder (Devlin et al., NAACL 2019) in plain torch, for the two models that are built in.

What transformers' `BertModel` gives but for rounding, without the five seconds of processor that
importing transformers costs each command: tests hold one against the other. Texts lie one behind
another and nothing is padded: of windows of a reader a quarter would be padding. Names of weights
are those of its checkpoints. Imports torch when imported.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape:
    """The sizes of one BERT, as its config.json names them."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    vocab_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float


class _LoadedLinear(nn.Linear):
    """Its weights are loaded: to draw them by chance first would take longer than that."""

    def reset_parameters(self) -> None:
        """Leave them as memory is."""


class _LoadedEmbedding(nn.Embedding):
    """As `_LoadedLinear`."""

    def reset_parameters(self) -> None:
        """Leave them as memory is."""


class Bert(nn.Module):
    """Tokens to states. No dropout: training has used none. Safe to run from many threads.

    It has no weights until some are loaded.
    """

    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.width = shape.hidden_size
        self.embeddings = _BertEmbeddings(shape)
        self.encoder = _BertLayers(shape)

    def words(self, ids: Tensor) -> Tensor:
        """Return the vectors of the words alone, (tokens, width)."""
        vectors: Tensor = self.embeddings.word_embeddings(ids)
        return vectors

    def forward(self, words: Tensor, types: Tensor, lengths: Sequence[int]) -> Tensor:
        """Return the last states, (tokens, width), of what `words` gives.

        All texts one behind another: `lengths` tells the tokens of each, at least one, and `types`
        (tokens,) its first part from its second.
        """
        encoded: Tensor = self.encoder(self.embeddings(words, types, lengths), lengths)
        return encoded


class _BertEmbeddings(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        width = shape.hidden_size
        self.word_embeddings = _LoadedEmbedding(shape.vocab_size, width, padding_idx=0)
        self.position_embeddings = _LoadedEmbedding(shape.max_position_embeddings, width)
        self.token_type_embeddings = _LoadedEmbedding(shape.type_vocab_size, width)
        self.LayerNorm = nn.LayerNorm(width, eps=shape.layer_norm_eps)

    def forward(self, words: Tensor, types: Tensor, lengths: Sequence[int]) -> Tensor:
        weight = self.position_embeddings.weight
        places = torch.cat([weight[:length] for length in lengths])
        states: Tensor = self.LayerNorm(words + self.token_type_embeddings(types) + places)
        return states


class _BertLayers(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_BertLayer(shape) for _ in range(shape.num_hidden_layers))

    def forward(self, states: Tensor, lengths: Sequence[int]) -> Tensor:
        for layer in self.layer:
            states = layer(states, lengths)
        return states


class _BertLayer(nn.Module):
    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        width, inner = shape.hidden_size, shape.intermediate_size
        self.heads = shape.num_attention_heads
        rows = nn.ModuleDict(
            {name: _LoadedLinear(width, width) for name in ("query", "key", "value")}
        )
        self.attention = nn.ModuleDict({"self": rows, "output": _Joined(width, shape)})
        self.intermediate = nn.ModuleDict({"dense": _LoadedLinear(width, inner)})
        self.output = _Joined(inner, shape)

    def forward(self, states: Tensor, lengths: Sequence[int]) -> Tensor:
        attended: Tensor = self.attention["output"](self._attend(states, lengths), states)
        joined: Tensor = self.output(gelu(self.intermediate["dense"](attended)), attended)
        return joined

    def _attend(self, states: Tensor, lengths: Sequence[int]) -> Tensor:
        """Let each text's tokens attend to those of the same text."""
        parts = self.attention["self"]
        rows = (
            parts[name](states).unflatten(-1, (self.heads, -1)).transpose(0, 1).split(lengths, 1)  # type: ignore[index]  # a ModuleDict
            for name in ("query", "key", "value")
        )  # of each text (heads, its tokens, width / heads)
        texts = zip(*rows, strict=True)
        found = [scaled_dot_product_attention(*(part[None] for part in text))[0] for text in texts]
        return torch.cat(found, 1).transpose(0, 1).flatten(1)


class _Joined(nn.Module):
    """A layer's outcome joined to what went into it, and normalised."""

    def __init__(self, inner: int, shape: BertShape) -> None:
        super().__init__()
        self.dense = _LoadedLinear(inner, shape.hidden_size)
        self.LayerNorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)

    def forward(self, found: Tensor, before: Tensor) -> Tensor:
        joined: Tensor = self.LayerNorm(self.dense(found) + before)
        return joined


def load_bert(folder: Path) -> Bert:
    """Load one in float32 from a folder that holds config.json and model.safetensors."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    model = Bert(BertShape(**{name: config[name] for name in BertShape.__dataclass_fields__}))
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: weights[name].float() for name in model.state_dict()})
    return model
