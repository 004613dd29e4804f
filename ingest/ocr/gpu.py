"""Whether lettering is read on a GPU: where onnxruntime is built for one, and can use it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import onnxruntime
import rapidocr

from rag.models.base.device import CPU, CUDA

logger = logging.getLogger(__name__)

PROVIDER: Final = "CUDAExecutionProvider"

_SMALLEST: Final = Path(rapidocr.__file__).parent / "models/ch_ppocr_mobile_v2.0_cls_mobile.onnx"
"""Of the networks that are there anyway."""


def reads_on_gpu(wanted: str) -> bool:
    """Try it, where the device that is `wanted` (`Settings.device`) is not the processor.

    onnxruntime itself goes on with the processor where a library or the GPU fails it: a warning
    says so here. Where none is built for a GPU, one says so only if a GPU was asked for.
    """
    if wanted == CPU:
        return False
    if PROVIDER not in onnxruntime.get_available_providers():
        if wanted == CUDA:
            logger.warning(
                "the processor reads lettering, for this onnxruntime is not built for a GPU: "
                "pip install onnxruntime-gpu in its place"
            )
        return False
    onnxruntime.preload_dlls()  # torch's own CUDA
    used = onnxruntime.InferenceSession(_SMALLEST, providers=[PROVIDER, "CPUExecutionProvider"])
    if used.get_providers()[0] == PROVIDER:
        return True
    logger.warning("the processor reads lettering, for onnxruntime can't use the GPU")
    return False
