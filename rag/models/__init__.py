"""Models that embed, read, rank, transcribe and write, behind `rag.protocols`.

Knows no question and no store.
"""

from __future__ import annotations

import sys

# `import openvino` tells Google Analytics of itself through this package, unless it is not there:
# so no process that computes a model of ours has it. OpenVINO then takes a stub of its own.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # "not there"
