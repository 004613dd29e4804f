"""The models that can be fetched (`models.toml`): what each is, needs and adds, which go together.

No model of the table was run here, so nothing is said of how well it does. Knows no network.
"""

from __future__ import annotations

import tomllib
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    models: tuple[HubModel, ...]
    classes: tuple[MachineClass, ...]


_TABLE: Final = converted(
    tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8")), _Table
)

MODELS: Final = _TABLE.models
"""Small before large within a part."""

CLASSES: Final = _TABLE.classes
"""Small before large within a device; no set of models has one that hears."""


def model_named(name: str) -> HubModel:
    """Return the model of that name; raise ModelError, with all names, where there is none."""
    for model in MODELS:
        if model.name == name:
            return model
    names = ", ".join(model.name for model in MODELS)
    raise ModelError(f"There is no model {name!r}.", hint=f"Names are: {names}.")


def models_of(machine: MachineClass) -> tuple[HubModel, ...]:
    """Return the models of a class, in the order of `PARTS`."""
    return tuple(model_named(name) for name in machine.models)


def needed_gb(machine: MachineClass) -> float:
    """Return about what the models of a class take together."""
    return sum(model.memory_gb(machine.device) for model in models_of(machine))
