"""A Qwen2 model's GGUF file written anew in 8 bits, with what was taught beside it merged in.

OpenVINO reads 8 bits faster than 4 where the processor has no AMX. The first and last layer share
one matrix: where the head has one of its own it is the better copy of the two, and serves as both.
What was taught is a LoRA (Hu et al., 2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from rag.decoding import decoded
from rag.errors import ModelError
from rag.progress import Progress

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter, ReaderTensor


Floats = NDArray[np.float32]

_LAYERS: Final = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""Of GGUF's names of a block's matrices to those of transformers, which adapters use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterCard:
    """What an adapter was taught beside: the model's file and the prompts, by their SHA-256.

    `strength`: how much of what was taught is merged, 0 to 1 (WiSE-FT: Wortsman et al., 2022).
    """

    base_sha256: str
    prompts_sha256: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """`down[name]` is (rank, inputs), `up[name]` (outputs, rank), by transformers' names."""

    scale: float
    down: Mapping[str, Floats]
    up: Mapping[str, Floats]

    def merged(self, weights: Floats, tensor: str, *, first_row: int) -> Floats:
        """Return rows of a matrix by GGUF's name, with what was taught added: W + scale * B A."""
        name = _name(tensor)
        if name not in self.up:
            return weights
        rows = self.up[name][first_row : first_row + len(weights)]
        return weights + np.float32(self.scale) * (rows @ self.down[name])


def card_of(file: Path) -> Path:
    """Return where the card of an adapter lies: beside it."""
    return file.with_suffix(".json")


def read_adapter(file: Path, *, base_sha256: str) -> Adapter:
    """Read an adapter, with its card beside it.

    Its tensors are `NAME.a` (down) and `NAME.b` (up), its metadata alpha and rank. Raises
    ModelError where it was taught beside another model, or can't be read.
    """
    try:
        card = decoded(card_of(file).read_bytes(), AdapterCard)
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} does not say what the adapter was taught beside.") from error
    if card.base_sha256 != base_sha256:
        raise ModelError(f"{file} was taught beside another model: {card.base_sha256}.")
    try:
        with safe_open(file, "numpy") as found:
            metadata = found.metadata() or {}
            tensors = {name: found.get_tensor(name).astype(np.float32) for name in found.keys()}  # noqa: SIM118 - no mapping
            scale = card.strength * float(metadata["alpha"]) / float(metadata["rank"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} is no adapter that can be read: {error}.") from error
    return Adapter(scale=scale, down=_ending(".a", tensors), up=_ending(".b", tensors))


def _ending(suffix: str, tensors: Mapping[str, Floats]) -> dict[str, Floats]:
    return {n.removesuffix(suffix): one for n, one in tensors.items() if n.endswith(suffix)}


def _name(tensor: str) -> str:
    """Return transformers' name of a block's matrix; "" for any other tensor."""
    parts = tensor.split(".")
    if parts[0] != "blk" or parts[-1] != "weight" or parts[2] not in _LAYERS:
        return ""
    return f"model.layers.{parts[1]}.{_LAYERS[parts[2]]}"


BUILDING: Final = "Building the model that writes"
ENGINE_STEPS: Final = 120
"""That the engine's own reading is counted for, after each tensor was one."""

EMBEDDING: Final = "token_embd.weight"
HEAD: Final = "output.weight"
_Q8_0_FILE: Final = 7
"""llama.cpp's number (`llama_ftype`) of a file that is mostly Q8_0."""
_ROWS: Final = 4096
"""That are in memory as numbers at a time."""
_NOT_COPIED: Final = (
    *("GGUF.version", "GGUF.tensor_count", "GGUF.kv_count"),
    *("general.architecture", "general.file_type"),
)


def requantised(source: Path, out: Path, *, adapter: Adapter | None, progress: Progress) -> None:
    """Write `source` to `out` in Q8_0, with what the adapter holds merged into it."""
    from gguf import GGUFReader, GGUFWriter

    reader = GGUFReader(source)
    writer = GGUFWriter(out, str(reader.fields["general.architecture"].contents()))
    _copy_fields(reader, writer)
    tensors = {str(tensor.name): tensor for tensor in reader.tensors}
    if HEAD in tensors:
        tensors[EMBEDDING] = tensors.pop(HEAD)
    progress.begin(BUILDING, len(tensors) + ENGINE_STEPS)
    for name, tensor in tensors.items():
        _announce(name, tensor, writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, tensor in tensors.items():
        writer.write_tensor_data(_converted(name, tensor, adapter))
        progress.advance()
    writer.close()


def _copy_fields(reader: GGUFReader, writer: GGUFWriter) -> None:
    from gguf import GGUFValueType

    for field in reader.fields.values():
        if field.name in _NOT_COPIED:
            continue
        if field.types[0] == GGUFValueType.ARRAY:
            writer.add_array(field.name, field.contents())
        else:
            writer.add_key_value(field.name, field.contents(), field.types[0])
    writer.add_file_type(_Q8_0_FILE)


def _announce(name: str, tensor: ReaderTensor, writer: GGUFWriter) -> None:
    from gguf import GGMLQuantizationType
    from gguf.quants import quant_shape_to_byte_shape

    shape = tuple(int(size) for size in reversed(tensor.shape))
    if len(shape) == 1:
        writer.add_tensor_info(name, shape, np.dtype(np.float32), 4 * shape[0])
        return
    kind = GGMLQuantizationType.Q8_0
    stored = quant_shape_to_byte_shape(shape, kind)
    writer.add_tensor_info(name, stored, np.dtype(np.uint8), int(np.prod(stored)), raw_dtype=kind)


def _converted(name: str, tensor: ReaderTensor, adapter: Adapter | None) -> np.ndarray[Any, Any]:
    from gguf import GGMLQuantizationType
    from gguf.quants import dequantize, quantize

    if tensor.data.ndim == 1:
        return dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
    blocks = []
    for first in range(0, len(tensor.data), _ROWS):
        rows: Floats = dequantize(tensor.data[first : first + _ROWS], tensor.tensor_type)
        taught = adapter.merged(rows, name, first_row=first) if adapter else rows
        blocks.append(quantize(taught, GGMLQuantizationType.Q8_0))
    return np.concatenate(blocks)
