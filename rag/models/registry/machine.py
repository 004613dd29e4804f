"""What this machine has: memory, and a GPU that torch can use. Knows no model."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Final

from rag.models.registry.model_table import CLASSES, Device, MachineClass, needed_gb

SHARE: Final[dict[Device, float]] = {"cpu": 0.8, "gpu": 0.9}
"""Of the memory that models may take. The rest is for documents, pictures and other programs; on a
GPU for what its driver and the screen hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Memory in gigabytes (10^9 bytes); 0 for a GPU that is not there."""

    memory_gb: float
    gpu_gb: float = 0.0

    @property
    def device(self) -> Device:
        return "gpu" if self.gpu_gb else "cpu"

    def room_gb(self, device: Device) -> float:
        """The memory of a device that models may take together."""
        return SHARE[device] * (self.gpu_gb if device == "gpu" else self.memory_gb)

    def fitting(self, device: Device) -> MachineClass | None:
        """Return the last class whose models fit together; None where none does."""
        room_gb = self.room_gb(device)
        fitting = [c for c in CLASSES if c.device == device and needed_gb(c) <= room_gb]
        return fitting[-1] if fitting else None

    @property
    def description(self) -> str:
        memory = f"{self.memory_gb:.0f} GB of memory"
        gpu = f"a GPU with {self.gpu_gb:.0f} GB" if self.gpu_gb else "no GPU that PyTorch can use"
        return f"{memory}, {gpu}"


def this_machine() -> Machine:
    """Look at this machine. Imports torch (seconds) only where a driver of NVIDIA's is there."""
    return Machine(memory_gb=memory_gb(), gpu_gb=_gpu_gb())


def memory_gb() -> float:
    """Return this machine's memory in gigabytes (10^9 bytes)."""
    import psutil

    return float(psutil.virtual_memory().total) / 1e9


def _gpu_gb() -> float:
    if not _has_driver():
        return 0.0
    import torch

    if not torch.cuda.is_available():
        return 0.0
    return float(torch.cuda.get_device_properties(0).total_memory) / 1e9


def _has_driver() -> bool:
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
