"""The child process that has OpenVINO read a GGUF file and write it in its own form.

    python -m rag.models.setup.conversion FILE.gguf

A process of its own, so that the memory comes back and a crash of the engine is an error. What
OpenVINO reads of a GGUF file has a scale and a zero point for each 32 weights; with a scale a row
in their place it writes 29 % more tokens a second (benchmarks/LOG.md).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

if TYPE_CHECKING:
    from openvino import Model, Node

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


_ROWS: Final = 4096
"""That are in memory as numbers at a time."""

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
