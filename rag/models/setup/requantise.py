"""A Qwen2 model's GGUF file written anew in 8 bits, with one matrix for its first and last layer.

OpenVINO reads 8 bits faster than 4 where the processor has no AMX. Where the head has a matrix of
its own it is the better copy of the two, and serves as both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.models.setup.adapter import Adapter, Floats
from rag.progress import Progress

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter, ReaderTensor

BUILDING: Final = "Building the model that writes"
ENGINE_STEPS: Final = 120
"""That the engine's own reading is counted for, after each tensor was one."""

EMBEDDING: Final = "token_embd.weight"
HEAD: Final = "output.weight"
_Q8_0_FILE: Final = 7
"""llama.cpp's number (`llama_ftype`) of a file that is mostly Q8_0."""
_ROWS: Final = 4096
"""That are in memory as numbers at a time."""
_NOT_COPIED: Final = ("GGUF.version", "GGUF.tensor_count", "GGUF.kv_count", "general.architecture")


def requantised(source: Path, out: Path, *, adapter: Adapter | None, progress: Progress) -> None:
    """Write `source` to `out` in Q8_0, with what the adapter holds merged into it."""
    from gguf import GGUFReader, GGUFWriter

    reader = GGUFReader(source)
    writer = GGUFWriter(out, str(reader.fields["general.architecture"].contents()))
    _copy_fields(reader, writer)
    tensors = dict(_named(reader))
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
        if field.name in _NOT_COPIED or field.name == "general.file_type":
            continue
        if field.types[0] == GGUFValueType.ARRAY:
            writer.add_array(field.name, field.contents())
        else:
            writer.add_key_value(field.name, field.contents(), field.types[0])
    writer.add_file_type(_Q8_0_FILE)


def _named(reader: GGUFReader) -> Iterator[tuple[str, ReaderTensor]]:
    """Yield the tensors by their names; the head's as the embedding's, where it has its own."""
    found = {str(tensor.name): tensor for tensor in reader.tensors}
    head = found.pop(HEAD, None)
    for name, tensor in found.items():
        yield name, head if name == EMBEDDING and head is not None else tensor


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
