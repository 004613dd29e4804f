"""What the page fetches of models: the offer, and the person's word to download or to stop."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from rag.neural.choice import next_step
from rag.neural.machine import this_machine
from rag.neural.model_table import HubModel
from rag.settings import Settings
from ui.models import overview
from ui.models_html import models_html
from ui.models_job import Fetches
from ui.seams import Profile

ALL = "all"
_FRESH = {"cache-control": "no-store"}


def models_routes(settings: Settings, fetches: Fetches, profile: Profile) -> APIRouter:
    """Return the routes. Only what the panel offers can be fetched through them."""
    router = APIRouter()

    @router.get("/models")
    def panel() -> Response:
        return _panel()

    @router.post("/models/fetch/{name}")
    def fetch(name: str) -> Response:
        fetches.start(_offered(settings, name))
        return _panel()

    @router.post("/models/stop")
    def stop() -> Response:
        fetches.stop()
        return _panel()

    def _panel() -> Response:
        html = models_html(overview(settings), fetches.state, profile)
        return HTMLResponse(html, headers=_FRESH)

    return router


def _offered(settings: Settings, name: str) -> list[HubModel]:
    step = next_step(settings, this_machine())
    return [model for model in step if name in (ALL, model.name)]
