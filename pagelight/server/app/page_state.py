"""What the page tells of the program at its top: what is read, what is wrong, how it answers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import AnyEngine
from pagelight.services.jobs.jobs import Jobs, JobState, Watched
from pagelight.services.models.models_switch import ModelChange, Switches
from pagelight.ui.library.status import status_view, status_words


class PageState:
    """One person's; `switches` None: for who may change no models.

    `profile_line` is the HTML of how questions are answered.
    """

    def __init__(
        self,
        engine: AnyEngine,
        jobs: Jobs | Watched,
        switches: Switches | None,
        *,
        profile_line: Callable[[], str],
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._switches = switches
        self._profile_line = profile_line
        self._begun = secrets.token_hex(8)  # tells a server that was started anew from the former

    def view(self) -> dict[str, Any]:
        """Return what is shown, and its `version`: both of the same moment."""
        job, running, line = self._jobs.state, self._running(), self._profile_line()
        view = asdict(status_view(self._engine, job, running))
        version = self._version_of(job, running, line)
        return {**view, "profile": line, "begun": self._begun, "version": version}

    def version(self) -> str:
        """Return a text that is another one whenever `view` is, the documents' own aside."""
        return self._version_of(self._jobs.state, self._running(), self._profile_line())

    def _version_of(self, job: JobState, running: tuple[ModelChange, ...], line: str) -> str:
        words = status_words(self._engine, job, running)
        whole = f"{words}\0{line}\0{self._begun}"
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]

    def _running(self) -> tuple[ModelChange, ...]:
        return self._switches.running if self._switches else ()


def state_routes(state: PageState) -> APIRouter:
    """Return the route of what the page shows of the program."""
    router = APIRouter()

    @router.get("/state")
    def view() -> Response:
        return JSONResponse(state.view(), headers=FRESH)

    return router
