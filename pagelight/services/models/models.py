"""The models that could run, as data: what is active, on disk, and would fit. Starts nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from rag.errors import ModelError
from rag.models.registry.choice import SETTING, choose, next_step, wanted
from rag.models.registry.model_store import ModelStore, free_bytes
from rag.models.registry.model_table import (
    CLASSES,
    MODELS,
    ROLES,
    HubModel,
    Machine,
    model_named,
    this_machine,
)
from rag.models.setup.bundled import BUNDLED, BundledModel
from rag.models.setup.state import cache_of, state_of
from rag.settings import Settings

SETS: Final = ("local", "gpu", *(known.name for known in CLASSES))
"""What may be fetched together: the set of a profile for this machine, or of a size of machine."""


def overview(settings: Settings) -> dict[str, Any]:
    """Return what is active, on disk, and what fits this machine. The shape is public."""
    machine = this_machine()
    store = ModelStore(settings.models)
    problem, active = "", frozenset[str]()
    try:
        choice = choose(settings, lambda: machine)
        problem = " ".join(choice.notes)
        active = frozenset(m.name for m in choice.models) | {settings.transcriber}
    except ModelError as error:
        problem = str(error)
    by_hand = {part: getattr(settings, setting) for part, setting in SETTING.items()}
    by_hand["hearing"] = settings.transcriber
    step = next_step(settings, machine)
    fitting = machine.fitting(machine.device)
    return {
        "profile": settings.profile,
        "problem": problem,
        "machine": {
            "memory_gb": round(machine.memory_gb, 1),
            "gpu_gb": round(machine.gpu_gb, 1),
            "class": fitting.name if fitting else None,
        },
        "folder": str(store.folder),
        "free_gb": round(free_bytes(store.folder) / 1e9, 1),
        "bundled": [_bundled_row(model) for model in BUNDLED],
        "models": [_row(model, settings, machine, active=model.name in active) for model in MODELS],
        "set_by_hand": {part: value for part, value in by_hand.items() if value},
        "next": {
            "models": [model.name for model in step],
            "download_gb": round(sum(model.download_gb for model in step), 1),
        },
    }


def _row(model: HubModel, settings: Settings, machine: Machine, *, active: bool) -> dict[str, Any]:
    store = ModelStore(settings.models)
    found = store.find(model.name)
    needs = model.memory_gb(machine.device)
    return {
        "name": model.name,
        "part": model.part,
        "role": ROLES[model.part],
        "repository": model.repository,
        "revision": found.revision if found else model.revision,
        "licence": model.licence,
        "terms": model.terms,
        "languages": model.languages,
        "download_gb": model.download_gb,
        "memory_gb": round(needs, 1),
        "adds": model.adds,
        "on_disk": found is not None,
        "begun_gb": 0.0 if found else round(store.begun_bytes(model.name) / 1e9, 1),
        "fits": needs <= machine.room_gb(machine.device),
        "active": active,
    }


def _bundled_row(model: BundledModel) -> dict[str, Any]:
    state = state_of(model, os.environ)
    return {
        "name": model.name,
        "role": model.role,
        "purpose": model.purpose,
        "licence": model.licence,
        "source": model.source,
        "download_gb": round(model.size_bytes / 1e9, 3),
        "disk_gb": round(model.built_bytes / 1e9, 3),
        "folder": str(cache_of(model, os.environ).folder),
        "state": state.stage,
        "share": round(state.share, 2),
        "problem": state.problem,
        "hint": state.hint,
    }


def to_fetch(settings: Settings, name: str) -> tuple[HubModel, ...]:
    """Return the models that a name stands for, less those on disk.

    `name` is a model's, a profile's (its set for this machine), or a class of machines.
    """
    models = wanted(name, this_machine()) if name in SETS else (model_named(name),)
    store = ModelStore(settings.models)
    return tuple(model for model in models if store.find(model.name) is None)


def check_space(settings: Settings, models: Sequence[HubModel]) -> None:
    """Raise ModelError where the disk has no room for all of them together."""
    store = ModelStore(settings.models)
    left = (int(m.download_gb * 1e9) - store.begun_bytes(m.name) for m in models)
    needed = sum(max(0, size) for size in left)
    store.check_space(" and ".join(model.name for model in models), needed)


def offer(model: HubModel) -> str:
    """Return what a person should know of a model before it is downloaded."""
    terms = f" {model.terms}" if model.terms else ""
    return (
        f"{model.name} ({model.repository}): about {model.download_gb:.1f} GB,"
        f" {model.licence}.{terms} {model.adds} Languages: {model.languages}."
    )
