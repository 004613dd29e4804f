"""The writer's weights in 8 bits: its GGUF file written anew, and OpenVINO's own form of that.

OpenVINO reads 8 bits faster than 4 where the processor has no AMX. The first and last layer of a
Qwen2 share one matrix: where the head has one of its own it is the better copy of the two, and
serves as both. What was taught, a LoRA (Hu et al., 2021), is merged on the way.

    python -m rag.models.setup.quantising FILE.gguf

is the child process that has OpenVINO read that file and write it in its own form: so the memory
comes back, and a crash of the engine is an error. What OpenVINO reads of a GGUF file has a scale
and a zero point for each 32 weights; with a scale a row in their place it writes 29 % more tokens a
second (benchmarks/LOG.md).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
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
    from openvino import Model, Node

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
        match tensor.split("."):
            case ["blk", layer, kind, "weight"] if kind in _LAYERS:
                name = f"model.layers.{layer}.{_LAYERS[kind]}"
            case _:
                return weights
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
    down, up = (
        {name.removesuffix(end): rows for name, rows in tensors.items() if name.endswith(end)}
        for end in (".a", ".b")
    )
    return Adapter(scale=scale, down=down, up=up)


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


FORM: Final = ("openvino_model", "openvino_tokenizer", "openvino_detokenizer")


def convert(file: Path, *, environ: Mapping[str, str]) -> None:
    """Leave the engine's form beside a GGUF file. Raises ModelError where the engine fails."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", __name__, str(file)],
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    lacking = [name for name in FORM if not (file.parent / f"{name}.xml").exists()]
    if done.returncode < 0:
        raise ModelError(
            "Building the model that writes was ended by the system.",
            hint="It takes about 5 GB of free memory; close other programs, then run: "
            "pagelight models fetch writer",
        )
    if done.returncode or lacking:
        why = (done.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
        raise ModelError(f"OpenVINO could not build the model that writes: {why}")


_MAX_CODE: Final = 127


def use_row_scales(file: Path) -> None:
    """Write the model of `file`, an .xml with its .bin beside it, anew with a scale a row."""
    import openvino

    model = openvino.Core().read_model(file)
    for grouped in list(_grouped_matrices(model)):
        _replace(grouped)
    part = file.with_name(f"part-{file.name}")
    openvino.save_model(model, part, compress_to_fp16=False)
    del model  # its weights are read from the file that is replaced
    part.with_suffix(".bin").replace(file.with_suffix(".bin"))
    part.replace(file)


def _grouped_matrices(model: Model) -> Iterator[Node]:
    """Yield what scales a matrix: (codes - zero points) * scales, each (rows, groups, 32 or 1)."""
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Multiply":
            continue
        shifted = _input(node, 0)
        if shifted.get_type_name() == "Subtract":
            codes = _input(shifted, 0)
            if [codes.get_type_name(), _input(codes, 0).get_type_name()] == ["Convert", "Constant"]:
                yield node


def _replace(scaled: Node) -> None:
    """Put codes with a scale a row, (rows, columns), where a matrix came out of its groups."""
    from openvino import opset13

    shifted = _input(scaled, 0)
    parts = (_input(_input(shifted, 0), 0), _input(_input(shifted, 1), 0), _input(scaled, 1))
    codes, scales = _by_row(*(part.data for part in parts))
    numbers = opset13.convert(opset13.constant(codes), "f16")
    matrix = opset13.multiply(numbers, opset13.constant(scales))
    (reshaped,) = scaled.output(0).get_target_inputs()
    for user in reshaped.get_node().output(0).get_target_inputs():
        user.replace_source_output(matrix.output(0))


def _by_row(
    codes: NDArray[Any], zeros: NDArray[Any], scales: NDArray[Any]
) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Return codes (rows, columns) and scales (rows, 1) of grouped ones."""
    own_codes = np.empty((len(codes), codes[0].size), np.int8)
    own_scales = np.empty((len(codes), 1), np.float16)
    for first in range(0, len(codes), _ROWS):
        rows = slice(first, first + _ROWS)
        numbers = (codes[rows].astype(np.float32) - zeros[rows]) * scales[rows].astype(np.float32)
        numbers = numbers.reshape(len(numbers), -1)
        highest = np.abs(numbers).max(axis=1, keepdims=True)
        own_scales[rows] = np.maximum(highest / _MAX_CODE, np.finfo(np.float16).tiny)
        scaled = np.rint(numbers / own_scales[rows].astype(np.float32))
        own_codes[rows] = np.clip(scaled, -_MAX_CODE, _MAX_CODE)
    return own_codes, own_scales


def _input(node: Node, place: int) -> Node:
    return node.input(place).get_source_output().get_node()


def main() -> None:
    import openvino_genai

    file = Path(sys.argv[1])
    openvino_genai.LLMPipeline(file, "CPU", enable_save_ov_model=True)
    use_row_scales(file.with_name(f"{FORM[0]}.xml"))


if __name__ == "__main__":
    main()
