"""The reader's network, a BERT trunk with heads for spans and answerability, and what is shipped.

A matrix of the fine-tuned trunk is the wheel's matrix plus a delta. Deltas are small and even, so
each group of 64 neighbours keeps one scale and 16 levels (in the way of BitDelta, Liu et al.
2024, and of round-to-nearest quantisation); vectors and heads are kept in 16 bits.
Knows tensors; knows nothing of text or calibration. Imports OpenVINO when imported, so only code
that is itself loaded lazily imports it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops
from safetensors import SafetensorError, safe_open

from rag.errors import ModelError
from rag.models.base.network import Bert, Network, bert_of, linear, read_checkpoint
from rag.protocols import Matrix

if TYPE_CHECKING:
    from rag.models.reader.reader import Logits, Window

TRUNK: Final = "trunk."
"""What the names of the trunk's tensors begin with in an adapter."""

JOINT_WIDTH: Final = 64
"""Numbers of a token by which starts and ends are matched."""


class ReaderModel:
    """Reads windows once. The span (0, 0), the [CLS] alone, stands for "no answer here".

    A span's logit is that of its start, that of its end, and how the two match: starts and ends
    that are likely one by one need not belong together (the joint objective of Fajcik et al.,
    Rethinking the Objectives of Extractive Question Answering, MRQA 2021).
    """

    def __init__(self, trunk: Bert, heads: Mapping[str, Matrix]) -> None:
        self._trunk = trunk
        # In float32: in bfloat16 near scores would tie.
        self._heads = Network(_graph_of(heads), in_float32=True)

    def read(self, windows: Sequence[Window]) -> Iterator[tuple[Logits, float]]:
        """Yield of each window logits of spans, by first and last token, and of answerability."""
        ids, types = [window.ids for window in windows], [window.types for window in windows]
        spans, answers = self._heads(self._trunk.states(ids, types))
        for row, own, answer in zip(ids, spans, answers, strict=True):
            yield own[: len(row), : len(row)], float(answer)


def _graph_of(heads: Mapping[str, Matrix]) -> ov.Model:
    """Write what makes of states logits of spans (texts, tokens, tokens), and (texts,)."""
    states = ops.parameter([-1, -1, heads["span.weight"].shape[1]], np.float32)
    both = linear(states, heads, "span")  # (texts, tokens, 2)
    first, last = (ops.gather(both, _number(n), _number(-1)) for n in (0, 1))
    ends = linear(states, heads, "end")
    match = ops.matmul(linear(states, heads, "start"), ends, False, True)  # noqa: FBT003
    match = ops.multiply(match, ops.constant(np.float32(JOINT_WIDTH**-0.5)))
    spans = ops.add(
        ops.add(ops.unsqueeze(first, _number(2)), ops.unsqueeze(last, _number(1))), match
    )
    opening = ops.gather(states, _number(0), _number(1))
    answers = ops.squeeze(linear(opening, heads, "answer"), _number(-1))
    return ov.Model([spans, answers], [states], "reader")


def _number(value: int) -> ov.Node:
    return ops.constant(np.int64(value))


GROUP: Final = 64
LEVELS: Final = 7
"""Steps to either side of zero: 15 of 16 codes, so that zero is exact."""


def _unpacked(codes: NDArray[np.uint8], scales: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return the numbers of codes, two in a byte, (n / 2,) and of scales (n / GROUP,), (n,)."""
    pairs = np.stack((codes & 15, codes >> 4), axis=1).reshape(-1, GROUP)
    steps: NDArray[np.float32] = pairs.astype(np.float32) - LEVELS
    return (steps * scales.astype(np.float32)[:, None]).ravel()


CODES: Final = ".codes"
SCALES: Final = ".scales"


def adapted(
    tensors: Mapping[str, Matrix], path: Path, *, trunk_sha256: str
) -> tuple[dict[str, Matrix], dict[str, float]]:
    """Return a fresh reader's tensors as an adapter makes them, and the adapter's calibration.

    Of heads, which a fresh reader need not have, there are those of the adapter. Raises ModelError
    if the file can't be read or was made for another trunk.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
            metadata = file.metadata()
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The reader's weights {path} can't be read: {error}.") from error
    if metadata["trunk_sha256"] != trunk_sha256:
        raise ModelError(f"The reader's weights {path} were made for another trunk.")
    made = {
        name: rows.astype(np.float32)
        for name, rows in found.items()
        if not name.endswith((CODES, SCALES))
    }
    for name, value in tensors.items():
        if f"{name}{CODES}" in found:
            delta = _unpacked(found[f"{name}{CODES}"], found[f"{name}{SCALES}"])
            made[name] = value + delta.reshape(value.shape)
        made.setdefault(name, value)
    calibration: dict[str, float] = json.loads(metadata["calibration"])
    return made, calibration


def load_reader(
    folder: Path, adapter: Path, *, trunk_sha256: str
) -> tuple[ReaderModel, dict[str, float]]:
    """Return the reader of a folder and an adapter, and its calibration. Raises as `adapted`."""
    shape, tensors = read_checkpoint(folder)
    fresh = {TRUNK + name: value for name, value in tensors.items()}
    made, calibration = adapted(fresh, adapter, trunk_sha256=trunk_sha256)
    trunk = bert_of(shape, {name: made[TRUNK + name] for name in tensors})
    return ReaderModel(trunk, made), calibration
