"""What was taught beside a model (LoRA: Hu et al., 2021), merged into its weights. Numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from rag.decoding import decoded
from rag.errors import ModelError

Floats = NDArray[np.float32]

_LAYERS: Final = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""Of GGUF's names of a block's matrices to those of transformers, which adapters use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterCard:
    """What an adapter was taught beside: the model's file and the prompts, by their SHA-256.

    `strength`: how much of what was taught is merged, 0 to 1 (WiSE-FT: Wortsman et al., 2022).
    """

    base_sha256: str
    prompts_sha256: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """`down[name]` is (rank, inputs), `up[name]` (outputs, rank), by transformers' names."""

    scale: float
    down: Mapping[str, Floats]
    up: Mapping[str, Floats]

    def merged(self, weights: Floats, tensor: str, *, first_row: int) -> Floats:
        """Return rows of a matrix, from `first_row` on, with what was taught added to them.

        `tensor` is GGUF's name. W + scale * B A, as in the paper.
        """
        name = _name(tensor)
        if name not in self.up:
            return weights
        rows = self.up[name][first_row : first_row + len(weights)]
        return weights + np.float32(self.scale) * (rows @ self.down[name])


def card_of(file: Path) -> Path:
    """Return where the card of an adapter lies: beside it."""
    return file.with_suffix(".json")


def read_adapter(file: Path, *, base_sha256: str) -> Adapter:
    """Read an adapter, with its card beside it.

    Its tensors are `NAME.a` (down) and `NAME.b` (up), its metadata alpha and rank. Raises
    ModelError where it was taught beside another model, or can't be read.
    """
    card = _card(card_of(file))
    if card.base_sha256 != base_sha256:
        raise ModelError(f"{file} was taught beside another model: {card.base_sha256}.")
    try:
        with safe_open(file, "numpy") as found:
            told = found.metadata() or {}
            tensors = {name: found.get_tensor(name).astype(np.float32) for name in found.keys()}  # noqa: SIM118 - no mapping
            scale = card.strength * float(told["alpha"]) / float(told["rank"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} is no adapter that can be read: {error}.") from error
    return Adapter(scale=scale, down=_ending(".a", tensors), up=_ending(".b", tensors))


def _ending(suffix: str, tensors: Mapping[str, Floats]) -> dict[str, Floats]:
    return {n.removesuffix(suffix): one for n, one in tensors.items() if n.endswith(suffix)}


def _card(file: Path) -> AdapterCard:
    try:
        return decoded(file.read_bytes(), AdapterCard)
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} does not say what the adapter was taught beside.") from error


def _name(tensor: str) -> str:
    """Return transformers' name of a block's matrix; "" for any other tensor."""
    parts = tensor.split(".")
    if parts[0] != "blk" or parts[-1] != "weight" or parts[2] not in _LAYERS:
        return ""
    return f"model.layers.{parts[1]}.{_LAYERS[parts[2]]}"
