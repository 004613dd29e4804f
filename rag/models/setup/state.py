"""How a model of the set-up stands just now, as another process sees it. Starts nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from rag.models.registry.model_table import memory_gb
from rag.models.setup.bundled import BundledModel
from rag.models.setup.model_cache import ModelCache, cache_folder, sha256_of
from rag.models.setup.requantise import card_of

SWITCH: Final = "RAG_EMBEDDED_MODELS"
FORMS: Final = {"writer": "2"}
"""Counted up when models of a role are built in another way, so that they are built anew."""

Stage = Literal["off", "too small", "ready", "damaged", "fetching", "building", "failed", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """`share`: of a stage that goes on, 0 to 1. `problem`, `hint`: of one that needs a person."""

    stage: Stage
    share: float = 0.0
    problem: str = ""
    hint: str = ""


def model_folder(model: BundledModel, environ: Mapping[str, str]) -> Path | None:
    """Return the folder of a model's files; None where it is not ready."""
    ready = state_of(model, environ).stage == "ready"
    return cache_of(model, environ).folder if ready else None


def state_of(model: BundledModel, environ: Mapping[str, str]) -> SetupState:
    """Return how a model stands; reads sizes, no weights."""
    if environ.get(SWITCH, "on") == "off":
        return SetupState(stage="off")
    available_gb = memory_gb()
    if available_gb < model.memory_gb:
        problem = f"{available_gb:.0f} GB of memory are too little for {model.name}."
        return SetupState(stage="too small", problem=problem)
    return _state_in(cache_of(model, environ), hint=f"Run: pagelight models fetch {model.role}")


def cache_of(model: BundledModel, environ: Mapping[str, str]) -> ModelCache:
    """Return where a model lies: by the hashes of its file and of what was taught beside it."""
    form = FORMS.get(model.role, "1")
    made_of = f"{form}\n{model.weights.sha256}\n{adapter_sha256(model.adapter)}"
    return ModelCache(cache_folder(environ), hashlib.sha256(made_of.encode()).hexdigest()[:16])


@cache
def adapter_sha256(file: Path | None) -> str:
    """Return a hash of what a model was taught and of its card; "" where it was taught nothing."""
    if file is None:
        return ""
    both = sha256_of(file) + sha256_of(card_of(file))
    return hashlib.sha256(both.encode()).hexdigest()


def _state_in(cache: ModelCache, *, hint: str) -> SetupState:
    changed = cache.changed_sizes()
    if cache.read() is not None and not changed:
        return SetupState(stage="ready")
    last = cache.progress()
    if cache.is_locked:
        is_built = last is not None and last.step == "building"
        return SetupState(
            stage="building" if is_built else "fetching", share=last.share if last else 0.0
        )
    if cache.folder.exists():
        what = f"{', '.join(changed)} changed" if changed else "its list of files is lacking"
        problem = f"The model in {cache.folder} is damaged: {what}."
        return SetupState(stage="damaged", problem=problem, hint=hint)
    if last and last.problem:
        return SetupState(stage="failed", problem=last.problem, hint=last.hint)
    return SetupState(stage="absent")
