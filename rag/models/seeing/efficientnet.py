"""EfficientNet-Lite2 as a graph of OpenVINO, which the set-up writes.

Tan and Le, EfficientNet, 2019, figure 2 and table 1; Liu, EfficientNet-Lite, 2020: no squeezing,
ReLU6, stem and head of fixed width. Padding is TensorFlow's ("SAME"), for even sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from rag.protocols import Matrix

EPSILON: Final = 1e-3
"""Of the normalisation of batches, which becomes part of the weights."""

STAGES: Final = ((1, 1), (3, 2), (3, 2), (4, 2), (4, 1), (5, 2), (1, 1))
"""Blocks, and the stride of the first one: B0's, 1.2 as deep. The weights tell the rest."""


def write_graph(weights: Path, graph: Path) -> None:
    """Write the network with the weights of a file of torch as `graph`, an .xml with its .bin."""
    import torch

    held = torch.load(weights, map_location="cpu", weights_only=True)
    made = network_of(tensor.numpy() for tensor in held.values())
    ov.save_model(made, graph, compress_to_fp16=False)


def network_of(tensors: Iterable[Matrix]) -> ov.Model:
    """Return the network of tensors in the order of the state of timm's `tf_efficientnet_lite2`.

    Pictures (n, 3, height, width), sides multiples of 32, to (n, 1280), what is pooled before the
    classes, and (n, 1000), their chances.
    """
    network = _Network(tensors)
    pictures = ops.parameter([-1, 3, -1, -1], np.float32)
    states = network.convolved(pictures, stride=2)
    for stage, (count, stride) in enumerate(STAGES):
        for block in range(count):
            step = 1 if block else stride
            states = network.block(states, step, is_widened=stage > 0, is_residual=block > 0)
    pooled = ops.reduce_mean(network.convolved(states), np.array([2, 3]))
    return ov.Model([pooled, network.classes(pooled)], [pictures], "efficientnet-lite2")


class _Network:
    """Writes layers, (n, channels, height, width) but where said, with the tensors in turn."""

    def __init__(self, tensors: Iterable[Matrix]) -> None:
        self._tensors = iter(tensors)

    def block(
        self, inputs: ov.Node, stride: int, *, is_widened: bool, is_residual: bool
    ) -> ov.Node:
        """Write an inverted residual (MobileNetV2, 2018): widened, filtered, narrowed."""
        wide = self.convolved(inputs) if is_widened else inputs
        filtered = self.convolved(wide, stride=stride, by_channel=True)
        made = self.convolved(filtered, is_clamped=False)
        return ops.add(inputs, made) if is_residual else made

    def convolved(
        self,
        states: ov.Node,
        *,
        stride: int = 1,
        by_channel: bool = False,
        is_clamped: bool = True,
    ) -> ov.Node:
        weights = next(self._tensors)  # (outputs, inputs or 1, kernel, kernel)
        scale, shift, mean, variance, _ = (next(self._tensors) for _ in range(5))
        scale = scale / np.sqrt(variance + EPSILON)
        scaled = weights * scale[:, None, None, None]
        kernel = weights.shape[-1]
        before = (kernel - stride) // 2
        after = kernel - stride - before
        convolution = ops.group_convolution if by_channel else ops.convolution
        made = convolution(
            states,
            ops.constant(scaled[:, None] if by_channel else scaled),
            [stride, stride],
            [before, before],
            [after, after],
            [1, 1],
        )
        moved = ops.add(made, ops.constant((shift - mean * scale)[None, :, None, None]))
        return ops.clamp(moved, 0.0, 6.0) if is_clamped else moved

    def classes(self, pooled: ov.Node) -> ov.Node:
        """Write the chances of the classes, (n, 1000), of (n, 1280)."""
        weights, bias = next(self._tensors), next(self._tensors)
        product = ops.matmul(pooled, ops.constant(weights), False, True)  # noqa: FBT003 - transposed
        return ops.softmax(ops.add(product, ops.constant(bias)), 1)
