"""The models that could run, as data: what is active, on disk, and would fit; and one tried out."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

import prompts
from rag.datamodel import Context, Prompt, Query
from rag.errors import ModelError, SettingsError
from rag.models.base.weights import folder_of
from rag.models.endpoint.client import SCHEMES, read_address
from rag.models.generators import writer_of
from rag.models.registry.choice import SETTING, check_room, choose, next_step, wanted
from rag.models.registry.downloads import ModelStore, free_bytes
from rag.models.registry.model_table import (
    CLASSES,
    MODELS,
    ROLES,
    HubModel,
    Machine,
    model_named,
    this_machine,
)
from rag.models.setup.bundled import BUNDLED, BundledModel, cache_of, state_of
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
    """Return the models of a name (its own, a profile's, a class's) that are not on disk."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a model said, and after how many seconds; a folder's is loaded in them."""

    model_id: str
    text: str
    seconds: float


def tried(source: str, settings: Settings) -> Trial:
    """Ask for a word what RAG_GENERATOR would name so. Raises PagelightError where none comes."""
    check_room(source, settings.generator, settings, this_machine())
    alone = replace(
        settings, generator=source, generator_model="", generator_key="", answer_tokens=16
    )
    began = time.monotonic()
    writer = writer_of(alone, _no_pixels)
    if writer is None:
        raise ModelError(
            f"{source!r} is neither an address nor a folder.",
            hint="Say http://127.0.0.1:8000/v1 or file:/FOLDER.",
        )
    try:
        asked = prompts.load("trial").substitute()
        query = Query(text=asked)
        prompt = Prompt(query=query, context=Context(), bare=True, parts=(asked,))
        text = "".join(writer.stream(prompt)).strip()
        return Trial(model_id=writer.model_id, text=text, seconds=time.monotonic() - began)
    finally:
        writer.close()


def checked(name: str, source: str) -> tuple[str, str]:
    """Return a name and an address or folder that can be chosen; raise SettingsError for others."""
    name, source = name.strip(), source.strip()
    if not name:
        raise SettingsError("The model has no name.", hint="Say one that you know it by.")
    if source.startswith(SCHEMES):
        read_address(source.partition("#")[0], setting="What you gave")
    else:
        folder_of(source, setting="What you gave")
    return name, source


def _no_pixels(_picture: object) -> NoReturn:
    raise OSError("a trial shows no picture")
