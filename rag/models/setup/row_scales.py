"""The matrices of a model in the engine's form, with a scale a row in place of one for 32 weights.

OpenVINO writes 29 % more tokens a second so (benchmarks/LOG.md); what it reads of a GGUF file
has a scale and a zero point for each 32 weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from openvino import Model, Node

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
            if codes.get_type_name() == "Convert" and _is_constant(_input(codes, 0)):
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


def _is_constant(node: Node) -> bool:
    return str(node.get_type_name()) == "Constant"
