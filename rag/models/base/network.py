"""Graphs of OpenVINO, compiled for the processor; what it is known to compute as is written.

OpenVINO is there in half a second, where torch takes seconds to import. Imports it when imported.
"""

from __future__ import annotations

import functools
import logging
import os
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import openvino as ov

from rag.models.base.loading import usable_cores
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
