"""What the page fetches of models: what runs, what could, and the person's word to change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import Response

from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import fresh
from pagelight.services.answering.asking import AnyEngine
from pagelight.services.models.models import checked, overview, tried
from pagelight.services.models.models_job import Fetches, Switches
from pagelight.ui.models.models_html import models_html, trial_words
from rag.errors import ModelError
from rag.models.registry.choice import next_step
from rag.models.registry.model_table import PARTS, HubModel, Part, model_named, this_machine
from rag.models.registry.writers import AddedWriters
from rag.settings import Settings

ALL = "all"


def models_routes(
    settings: Settings, engine: AnyEngine, fetches: Fetches, switches: Switches
) -> APIRouter:
    """Return the routes. Only what the panel offers can be fetched, and what is fetched be used."""
    router = APIRouter(prefix="/models")
    added = AddedWriters(settings.workspace)

    @router.get("")
    def panel() -> Response:
        return _panel()

    @router.post("/fetch/{name}")
    def fetch(request: Request, name: str) -> Response:
        note(request.scope, name)
        step = next_step(settings, this_machine())
        fetches.start([model for model in step if name in (ALL, model.name)])
        return _panel()

    @router.post("/stop")
    def stop() -> Response:
        fetches.stop()
        return _panel()

    @router.post("/use/{name}")
    def use(request: Request, name: str) -> Response:
        note(request.scope, name)
        switches.start(_changed(_known(name).part), name)
        return _panel()

    @router.post("/built-in/{part}")
    def built_in(request: Request, part: Part) -> Response:
        note(request.scope, f"{part}: built in")
        switches.start(_changed(part), "")
        return _panel()

    @router.post("/stay/{part}")
    def stay(part: Part) -> Response:
        switches.stop(_changed(part))
        return _panel()

    def _panel() -> Response:
        found, view = overview(settings), switches.view()
        return fresh(models_html(found, fetches.state, view, engine.profile, added.read()))

    _add_writers(router, settings, added, _panel)
    return router


def _add_writers(
    router: APIRouter, settings: Settings, added: AddedWriters, panel: Callable[[], Response]
) -> None:
    """Add the routes of the models that a person adds; conversations may choose them."""

    @router.post("/writers/{action}")
    def writer(
        request: Request,
        action: Literal["try", "add", "remove"],
        name: Annotated[str, Body(max_length=80)],
        source: Annotated[str, Body(max_length=400)] = "",
    ) -> Response:
        """Try, add or remove a model that writes. A refusal is 422 `{"error"}`."""
        note(request.scope, f"{action}: {name} {source}")
        if action == "try":
            return fresh({"told": trial_words(tried(source.strip(), settings))})
        added.set(*((name, "") if action == "remove" else checked(name, source)))
        return panel()


def _changed(part: Part) -> Part:
    """Return the part; what hears is told by a setting alone."""
    if part not in PARTS:
        raise HTTPException(404)
    return part


def _known(name: str) -> HubModel:
    try:
        return model_named(name)
    except ModelError as error:
        raise HTTPException(404) from error
