"""The models that can be fetched (`models.toml`): what each is, needs and adds; what a machine has.

No model of the table was run here, so nothing is said of how well it does. Knows no network.
"""

from __future__ import annotations

import ctypes
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rag.decoding import converted
from rag.errors import ModelError

Part = Literal["text", "images", "reranker", "generator", "hearing"]
Device = Literal["cpu", "gpu"]

PARTS: Final[dict[Part, str]] = {
    "text": "finds text by meaning",
    "images": "sees what pictures show",
    "reranker": "orders what was found",
    "generator": "writes answers",
}
"""Those that a question uses: they go together, and can be changed while the chat runs."""

ROLES: Final[dict[Part, str]] = {**PARTS, "hearing": "hears what is said in recordings"}
"""Of all models that can be fetched."""

OVERHEAD: Final = 1.1
"""Memory beside the weights, as a share of them: what is computed on the way. An estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubModel:
    """One model on the hub.

    `architecture` is the class of transformers that runs it, or open_clip's pair of model and
    weights. `terms` is empty where the licence lets anybody use the weights for anything.
    """

    name: str
    part: Part
    repository: str
    architecture: str
    licence: str
    parameters_m: int
    download_gb: float
    languages: str
    adds: str
    revision: str = "main"
    terms: str = ""

    def memory_gb(self, device: Device) -> float:
        """Return about what it takes: float32 on a CPU, bfloat16 on a GPU and for text vectors."""
        wide = device == "cpu" and self.part != "text"
        return self.parameters_m * (4 if wide else 2) * OVERHEAD / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineClass:
    """A size of machine as it is sold, and the models that fit it together."""

    device: Device
    memory_gb: int
    models: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.device}-{self.memory_gb}"


_TABLE: Final = tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))

MODELS: Final = converted(_TABLE["models"], tuple[HubModel, ...])
"""Small before large within a part."""

CLASSES: Final = converted(_TABLE["classes"], tuple[MachineClass, ...])
"""Small before large within a device; no set of models has one that hears."""


def model_named(name: str) -> HubModel:
    """Return the model of that name; raise ModelError, with all names, where there is none."""
    by_name = {model.name: model for model in MODELS}
    if name not in by_name:
        hint = f"Names are: {', '.join(by_name)}."
        raise ModelError(f"There is no model {name!r}.", hint=hint)
    return by_name[name]


def models_of(machine: MachineClass) -> tuple[HubModel, ...]:
    """Return the models of a class, in the order of `PARTS`."""
    return tuple(model_named(name) for name in machine.models)


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
        fits = (
            known
            for known in reversed(CLASSES)
            if known.device == device
            and sum(m.memory_gb(device) for m in models_of(known)) <= self.room_gb(device)
        )
        return next(fits, None)

    @property
    def description(self) -> str:
        memory = f"{self.memory_gb:.0f} GB of memory"
        gpu = f"a GPU with {self.gpu_gb:.0f} GB" if self.gpu_gb else "no GPU that PyTorch can use"
        return f"{memory}, {gpu}"


def this_machine() -> Machine:
    """Look at this machine. Imports torch (seconds) only where a driver of NVIDIA's is there."""
    gpu_gb = 0.0
    with suppress(OSError):
        ctypes.CDLL("libcuda.so.1")
        import torch

        if torch.cuda.is_available():
            gpu_gb = float(torch.cuda.get_device_properties(0).total_memory) / 1e9
    return Machine(memory_gb=memory_gb(), gpu_gb=gpu_gb)


def memory_gb() -> float:
    """Return this machine's memory in gigabytes (10^9 bytes)."""
    import psutil

    return float(psutil.virtual_memory().total) / 1e9
