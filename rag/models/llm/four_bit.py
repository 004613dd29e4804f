"""A model that writes in 4 bits: which of its layers, and the memory that it then takes.

The layers of its language are held as NF4 with double quantisation (Dettmers et al., QLoRA, arXiv
2305.14314), by bitsandbytes; eyes, embeddings and what does not divide stay as they are. Knows
transformers' settings and classes; knows no folder.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rag.errors import ModelError

if TYPE_CHECKING:
    import torch

BLOCK: Final = 64
"""Weights that share a scale: a row must divide by it, or the CPU's kernels can't hold it."""

ROWS: Final = 32
"""Rows that those kernels take together."""

BYTES_PER_WEIGHT: Final = 4.127 / 8
"""NF4 with double quantisation: 4.127 bits a weight (QLoRA, section 3)."""

Find = Callable[[str], object | None]
"""Returns something where a package of that name is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FourBit:
    """What transformers is told, and the memory that the weights then take."""

    quantization: Any
    needed_bytes: int


def check_installed(find: Find = importlib.util.find_spec) -> None:
    """Raise ModelError where the library that computes in 4 bits is not there."""
    if find("bitsandbytes") is None:
        raise ModelError(
            "RAG_GENERATOR_4BIT needs the package bitsandbytes, which is not installed.",
            hint="Run: pip install 'pagelight[4bit]', or take the setting away.",
        )


def four_bit(config: Any, model_class: Any, dtype: torch.dtype) -> FourBit:  # noqa: ANN401 - a class for each family
    """Return how a model of `config` is loaded; the other weights stay in `dtype`."""
    import torch
    from transformers import BitsAndBytesConfig

    with torch.device("meta"):
        model = model_class.from_config(config)
    inside = {id(module) for module in model.get_decoder().modules()}
    linear = {n: m for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)}
    small = {n: m for n, m in linear.items() if id(m) in inside and _divides(m)}
    weights = sum(m.weight.numel() for m in small.values())
    others = sum(p.numel() for p in model.parameters()) - weights
    return FourBit(
        quantization=BitsAndBytesConfig(  # type: ignore[no-untyped-call]  # it has no annotations
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
            llm_int8_skip_modules=sorted(linear.keys() - small.keys()),
        ),
        needed_bytes=int(weights * BYTES_PER_WEIGHT + others * dtype.itemsize),
    )


def _divides(layer: torch.nn.Linear) -> bool:
    return layer.in_features % BLOCK == 0 and layer.out_features % ROWS == 0
