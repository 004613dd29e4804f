"""Graphs of OpenVINO, compiled for the processor; what it is known to compute as is written; BERT.

OpenVINO is there in half a second, where torch takes seconds to import. Imports it when imported.

BERT's encoder (Devlin et al., NAACL 2019), for the models built in, is what transformers'
`BertModel` gives but for rounding: tests hold one against the other. OpenVINO chooses the numbers
that the processor is fastest in (bfloat16: cosine .99998 to float32). Names of tensors are those of
BERT's checkpoints.
"""

from __future__ import annotations

import functools
import json
import logging
import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops
from safetensors.numpy import load_file

from rag.models.base.computing import usable_cores
from rag.protocols import Matrix

logger = logging.getLogger(__name__)

QUANTISED_BY: Final = 128
"""So many numbers of a token share a scale where a network computes in bytes. All-MiniLM's vectors
have a cosine of .9987 to float32's then, and find as much of three sets. The writer reads a prompt
a fifth faster than by OpenVINO's own 32, with a divergence of .0018 nats (.0011) from what is
computed without (benchmarks/LOG.md)."""


class Network:
    """A compiled graph. Any thread may call; each call is computed on one core."""

    def __init__(self, graph: ov.Model, *, in_float32: bool = False) -> None:
        """`in_float32`, or else in the numbers that the processor is fastest in."""
        cores = usable_cores()
        properties = {
            "NUM_STREAMS": cores,
            "INFERENCE_NUM_THREADS": cores,
            "ENABLE_CPU_PINNING": False,  # other processes of ours have the cores, too
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": QUANTISED_BY,
        }
        numbers = {"INFERENCE_PRECISION_HINT": "f32"} if in_float32 else {}
        self._compiled = ov.Core().compile_model(graph, "CPU", properties | numbers)
        self._idle: deque[ov.InferRequest] = deque()

    def __call__(self, *inputs: Matrix) -> list[Matrix]:
        """Return the outputs, each in float32."""
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        outputs = list(request.infer(inputs).values())
        self._idle.append(request)
        return outputs


def read_network(file: Path, *, inner: Sequence[str] = ()) -> Network:
    """Return the network of a file, in float32; of these inner nodes it gives the outputs alone.

    Raises RuntimeError where the file can't be read.
    """
    graph = ov.Core().read_model(file)
    if inner:
        seen = [result.get_node().input_value(0) for result in graph.add_outputs([*inner])]
        graph = ov.Model(seen, graph.get_parameters(), "inner")
    return Network(graph, in_float32=True)


CPUINFO: Final = Path("/proc/cpuinfo")


@functools.cache
def multiplies_bytes() -> bool:
    """Return whether bytes are known to be multiplied as is written.

    OpenVINO 2026.4 gives another product, without a word, on a processor without AVX2, and fails
    where a variable takes instructions away; systems without this file were not tried.
    """
    if "ONEDNN_MAX_CPU_ISA" in os.environ or not CPUINFO.is_file():
        return False
    return "avx2" in CPUINFO.read_text(encoding="utf-8").split()


def computes_in_bfloat16() -> bool:
    """Return whether OpenVINO takes bfloat16 by itself: where the processor multiplies it."""
    if "ONEDNN_MAX_CPU_ISA" in os.environ:
        return False
    hint = ov.Core().get_property("CPU", "INFERENCE_PRECISION_HINT")
    return bool(hint == ov.Type.bf16)


def fastest(graph: Callable[[], ov.Model]) -> Network:
    """Return a network in the fastest numbers that compute here."""
    try:
        return Network(graph())
    except RuntimeError as error:  # limited instructions may be taken for those that others have
        logger.warning("a text model is computed in float32, more slowly: %s", error)
        return Network(graph(), in_float32=True)


Tensors = Mapping[str, Matrix]
Words = Callable[[NDArray[np.intp]], Matrix]
"""The vectors (..., width) of tokens by their numbers."""

PADDED_TO: Final = 16
"""Texts of a call are as long as their longest, in steps of so many tokens: what is compiled for a
shape is kept, so few shapes are wanted."""

MASKED: Final = -1e9
"""What is added to the logit of a token that is none."""

WORDS: Final = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape:
    """Sizes, as BERT's config.json names them."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float


class Bert:
    """Tokens to states, each call on one core; `in_bytes` where the processor multiplies these."""

    def __init__(
        self, shape: BertShape, tensors: Tensors, words: Words, *, in_bytes: bool = False
    ) -> None:
        self._words = words
        self._places = np.asarray(tensors["embeddings.position_embeddings.weight"])
        self._types = np.asarray(tensors["embeddings.token_type_embeddings.weight"])
        self._network = fastest(_Graph(shape, tensors, in_bytes and multiplies_bytes()).made)

    def states(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] = ()) -> Matrix:
        """Return the last states of texts, (texts, tokens, width), float32.

        There are as many tokens as the longest text has, or more: what is behind a text means
        nothing. `types` tells the first part of each text, 0, from its second, 1; without, all is
        the first.
        """
        mask = _mask([len(row) for row in ids])
        size = mask.shape[-1]
        parts = [_filled(row, size) for _, row in zip_longest(ids, types, fillvalue=())]
        vectors = self._words(np.array([_filled(row, size) for row in ids]))
        vectors = vectors + self._types[np.array(parts)] + self._places[:size]
        return self._network(vectors, mask)[0]


def _mask(lengths: Sequence[int]) -> NDArray[np.float32]:
    """Return what is added to logits of tokens, (texts, 1, 1, tokens): MASKED behind a text."""
    size = -(-max(lengths) // PADDED_TO) * PADDED_TO
    is_none = np.arange(size) >= np.array(lengths)[:, None]
    return np.where(is_none, np.float32(MASKED), np.float32(0))[:, None, None]


def _filled(row: Sequence[int], size: int) -> list[int]:
    return [*row, *[0] * (size - len(row))]


def linear(states: ov.Node, tensors: Tensors, name: str, *, in_bytes: bool = False) -> ov.Node:
    """Write a layer, (..., width) to (..., its own); in bytes, each row has a scale."""
    weights = tensors[f"{name}.weight"]
    numbers = ops.constant(weights)
    if in_bytes:
        scales = np.abs(weights).max(1, keepdims=True) / np.float32(np.iinfo(np.int8).max)
        whole = ops.constant(np.round(weights / scales).astype(np.int8))
        numbers = ops.multiply(ops.convert(whole, np.float32), ops.constant(scales))
    product = ops.matmul(states, numbers, False, True)  # noqa: FBT003 - weights are transposed
    bias = tensors.get(f"{name}.bias")
    return product if bias is None else ops.add(product, ops.constant(bias))


class _Graph:
    """Writes the encoder with its weights. Nodes are (texts, tokens, width) but where said."""

    def __init__(self, shape: BertShape, tensors: Tensors, in_bytes: bool) -> None:  # noqa: FBT001 - its own
        self._shape = shape
        self._tensors = tensors
        self._in_bytes = in_bytes

    def made(self) -> ov.Model:
        vectors = ops.parameter([-1, -1, self._shape.hidden_size], np.float32)
        mask = ops.parameter([-1, 1, 1, -1], np.float32)
        states = self._normed(vectors, "embeddings.LayerNorm")
        for number in range(self._shape.num_hidden_layers):
            states = self._layer(states, mask, f"encoder.layer.{number}")
        return ov.Model([states], [vectors, mask], "bert")

    def _layer(self, states: ov.Node, mask: ov.Node, name: str) -> ov.Node:
        own = f"{name}.attention"
        by_head = (0, 0, self._shape.num_attention_heads, -1)
        parts = ops.split(self._projected(states, f"{own}.self"), ops.constant(np.int64(2)), 3)
        rows = (_swapped(_shaped(part, by_head)) for part in parts.outputs())
        found = _swapped(ops.scaled_dot_product_attention(*rows, mask))
        attended = self._joined(_shaped(found, (0, 0, -1)), states, f"{own}.output")
        inner = ops.gelu(self._linear(attended, f"{name}.intermediate.dense"), "erf")
        return self._joined(inner, attended, f"{name}.output")

    def _projected(self, states: ov.Node, name: str) -> ov.Node:
        """Return query, key and value behind each other, of one product: it is faster so."""
        joined = {
            f"{name}.{kind}": np.concatenate(
                [self._tensors[f"{name}.{part}.{kind}"] for part in ("query", "key", "value")]
            )
            for kind in ("weight", "bias")
        }
        return linear(states, joined, name, in_bytes=self._in_bytes)

    def _joined(self, found: ov.Node, before: ov.Node, name: str) -> ov.Node:
        both = ops.add(self._linear(found, f"{name}.dense"), before)
        return self._normed(both, f"{name}.LayerNorm")

    def _linear(self, states: ov.Node, name: str) -> ov.Node:
        return linear(states, self._tensors, name, in_bytes=self._in_bytes)

    def _normed(self, states: ov.Node, name: str) -> ov.Node:
        last = ops.constant(np.array([-1]))
        rows = ops.mvn(states, last, True, self._shape.layer_norm_eps, "inside_sqrt")  # noqa: FBT003
        scaled = ops.multiply(rows, ops.constant(self._tensors[f"{name}.weight"]))
        return ops.add(scaled, ops.constant(self._tensors[f"{name}.bias"]))


def _swapped(node: ov.Node) -> ov.Node:
    """Return a node of four axes with its middle ones in each other's place."""
    return ops.transpose(node, ops.constant(np.array([0, 2, 1, 3])))


def _shaped(node: ov.Node, shape: tuple[int, ...]) -> ov.Node:
    """Return a node in another shape; 0 keeps an axis, -1 is what is left."""
    return ops.reshape(node, ops.constant(np.array(shape)), True)  # noqa: FBT003 - "0 keeps"


def read_checkpoint(folder: Path) -> tuple[BertShape, dict[str, Matrix]]:
    """Return what config.json and model.safetensors of a folder hold."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape = BertShape(**{name: config[name] for name in BertShape.__dataclass_fields__})
    return shape, load_file(folder / "model.safetensors")


def bert_of(shape: BertShape, tensors: Tensors, *, in_bytes: bool = False) -> Bert:
    """Return the network; its words' vectors are kept in half of their room, in float16."""
    table = np.asarray(tensors[WORDS], np.float16)
    return Bert(shape, tensors, lambda ids: np.asarray(table[ids], np.float32), in_bytes=in_bytes)
