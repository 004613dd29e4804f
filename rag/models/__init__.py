"""Models: what finds, reads, ranks, hears and writes, behind the protocols of `rag.protocols`.

May use `rag.protocols` and the values below it; knows no question and no store.
"""

from __future__ import annotations

import sys

# `import openvino` tells Google Analytics of itself through this package, unless it is not there:
# so no process that computes a model of ours has it. OpenVINO then takes a stub of its own.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # "not there"

__all__ = ["llm", "setup"]
