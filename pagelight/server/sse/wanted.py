"""What a tab wants: told by its script over our own API, done by the page's next event.

An event of Gradio's carries what its components hold. What a script wants to be asked or shown, and
what goes with the question that is typed, lies here until then, by tab. Knows nothing of Gradio.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Path
from fastapi.responses import Response

MAX_TABS: Final = 1000
"""What those wanted that were heard of the longest ago is forgotten."""

MAX_STEPS: Final = 8
"""Of one tab, which has each done at once: what came before these was never asked for."""

MAX_LETTERS: Final = 100_000
MAX_NAME_LETTERS: Final = 1000

TabId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


Do = Literal["ask", "again", "branch", "remove", "open", "earlier", "look"]


@dataclass(frozen=True, slots=True)
class Step:
    """Ask `text` alone, or the exchange `about` again (with other words, if any); or show.

    `remove` deletes the exchange `about` and all that follows it. Shown is the branch of the
    exchange `about`, the conversation `about` ("" none), more of what was said before, or (look)
    what the tab looks at as it is now.
    """

    do: Do
    about: str = ""
    text: str = ""


@dataclass(slots=True)
class _Wants:
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=MAX_STEPS))
    region: str = ""
    scope: str = ""


class TabWishes:
    """What the tabs of one person want. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tabs: dict[str, _Wants] = {}

    def want(self, tab_id: str, step: Step) -> None:
        with self._lock:
            self._of(tab_id).steps.append(step)

    def take(self, tab_id: str) -> Step | None:
        """Return what is wanted first, which is so no more; None where nothing is.

        Each is taken once, so that two that are wanted at once are both done.
        """
        with self._lock:
            steps = self._of(tab_id).steps
            return steps.popleft() if steps else None

    def lay_region(self, tab_id: str, region: str) -> None:
        """Let a part of a page go with what is asked next, until the tab lays another; "" none."""
        with self._lock:
            self._of(tab_id).region = region

    def region(self, tab_id: str) -> str:
        with self._lock:
            return self._of(tab_id).region

    def lay_scope(self, tab_id: str, entries: str) -> None:
        """Let the next conversation that is begun be asked of `entries`, a line each."""
        with self._lock:
            self._of(tab_id).scope = entries

    def scope(self, tab_id: str) -> str:
        with self._lock:
            return self._of(tab_id).scope

    def _of(self, tab_id: str) -> _Wants:
        wants = self._tabs.pop(tab_id, None) or _Wants()
        self._tabs[tab_id] = wants
        while len(self._tabs) > MAX_TABS:
            del self._tabs[next(iter(self._tabs))]
        return wants


def wanted_routes(wanted: TabWishes) -> APIRouter:
    """Return the routes under `/tabs`."""
    router = APIRouter(prefix="/tabs")

    @router.post("/{tab_id}/next")
    def want(
        tab_id: TabId,
        do: Annotated[Do, Body()],
        about: Annotated[str, Body(max_length=MAX_NAME_LETTERS)] = "",
        text: Annotated[str, Body(max_length=MAX_LETTERS)] = "",
    ) -> Response:
        wanted.want(tab_id, Step(do, about, text))
        return Response(status_code=204)

    @router.put("/{tab_id}/region")
    def region(
        tab_id: TabId, name: Annotated[str, Body(embed=True, max_length=MAX_NAME_LETTERS)]
    ) -> Response:
        wanted.lay_region(tab_id, name)
        return Response(status_code=204)

    @router.put("/{tab_id}/scope")
    def scope(
        tab_id: TabId, entries: Annotated[str, Body(embed=True, max_length=MAX_LETTERS)]
    ) -> Response:
        wanted.lay_scope(tab_id, entries)
        return Response(status_code=204)

    return router
