"""What open pages are told by server-sent events, and what they tell they want.

Told is how all stands, and answers as they grow. The ledger counts what changes of documents and
conversations, also where another process changes it; what this program does just now tells itself.
A stream is bounded in number and in time. An event of Gradio's carries what its components hold:
what a script wants to be asked or shown lies here until the page's next event, by tab.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from os.path import commonprefix
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Header, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.asking import Library

Written = Callable[[], Mapping[str, tuple[str, str]]]
"""Returns the answers that are being written: by conversation the exchange, and its HTML so far."""

PIECE_S: Final = 0.1
"""So often is told what was written: as often as a person sees that words come."""


class Pieces:
    """What one listener was told of the answers, and what is still to tell."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._sent: dict[str, tuple[str, str]] = {}

    @property
    def at_work(self) -> bool:
        """Whether an answer was being written when it was last looked."""
        return bool(self._sent)

    def news(self) -> list[bytes]:
        """Return an event for each answer that has grown or changed, and for each that ended."""
        written = dict(self._written())
        events = []
        for talk, (head, html) in written.items():
            sent_head, sent_html = self._sent.get(talk, ("", ""))
            former = sent_html if sent_head == head else ""
            if (sent_head, sent_html) != (head, html):
                events.append(_event("piece", talk=talk, head=head, **_growth(former, html)))
        for talk, (head, _) in self._sent.items():
            if written.get(talk, ("", ""))[0] != head:
                events.append(_event("over", talk=talk, head=head))
        self._sent = written
        return events


def _event(kind: str, **data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def _growth(former: str, html: str) -> dict[str, object]:
    """Return what makes `html` of `former`: how much of it stays, as a browser counts letters."""
    same = commonprefix([former, html])  # noqa: RUF071 - letters
    keep = len(same.encode("utf-16-le", "surrogatepass")) // 2
    return {"keep": keep, "more": html[len(same) :]}


LEDGER_S: Final = 0.3
"""So often the ledger is asked, however many tabs are open: 0.1 ms each time."""

STATE_S: Final = 1.0
"""So often what goes on is looked at: as often as a person can read it."""

MAX_TALKS: Final = 50
"""Conversations that one event names: the latest. A page shows one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How everything stands.

    `library` and `state` are other texts whenever the list of documents is another one, or what is
    told of the program; `revision` is a number that grows with every change of conversations.
    `talks` are those that changed: by id their last exchange.
    """

    library: str
    state: str
    revision: int
    talks: dict[str, str] = field(default_factory=dict)


BEAT_S: Final = 15.0
"""Without news something is sent so often: proxies close silent connections after 30 to 60 s."""

LIFE_S: Final = 300.0
"""So long a stream lasts; a page then asks for the next one, and the door looks who it is."""

MAX_STREAMS: Final = 16
"""Of one person at the same time. A tab that is not seen has none."""

BEAT: Final = b"event: beat\ndata:\n\n"


class Changes:
    """What changes for one person. Safe for several threads; open until `close`."""

    def __init__(
        self,
        library: Library,
        state: Callable[[], str],
        *,
        written: Written = dict,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`state` tells what goes on, as a text that is another one whenever that is."""
        self._library = library
        self._state = state
        self._now = now
        self._kept = (float("-inf"), "", 0)
        self._told = (float("-inf"), "")
        self.written = written
        self.closed = False
        self._open = 0

    def standing(self, since: int | None = None) -> Standing:
        """Return how everything stands; `talks` are those that changed after revision `since`."""
        talks, now = self._library.conversations, self._now()
        if now - self._kept[0] >= LEDGER_S:
            self._kept = (now, self._library.version(), talks.revision())
        if now - self._told[0] >= STATE_S:
            self._told = (now, self._state())
        _, library, revision = self._kept
        changed: dict[str, str] = {}
        if since is not None and since != revision:
            changed = dict(list(talks.changed_since(since).items())[:MAX_TALKS])
        return Standing(library=library, state=self._told[1], revision=revision, talks=changed)

    def close(self) -> None:
        """End the streams that tell of it."""
        self.closed = True

    @property
    def full(self) -> bool:
        return self._open >= MAX_STREAMS

    async def stream(
        self,
        since: int | None,
        *,
        look_s: float = LEDGER_S,
        piece_s: float = PIECE_S,
        beat_s: float = BEAT_S,
        life_s: float = LIFE_S,
    ) -> AsyncIterator[bytes]:
        """Yield how everything stands, then what changed since a revision; None: all is new."""
        self._open += 1
        try:
            began_s = sent_s = self._now()
            sent: Standing | None = None
            pieces = Pieces(self.written)
            while not self.closed and self._now() - began_s < life_s:
                standing = await asyncio.to_thread(self.standing, since)
                since, events = standing.revision, []
                if sent != (sent := replace(standing, talks={})):
                    events.append(event_of(standing))
                elif self._now() - sent_s >= beat_s:
                    events.append(BEAT)
                events += await asyncio.to_thread(pieces.news)
                for event in events:
                    yield event
                sent_s = self._now() if events else sent_s
                await asyncio.sleep(piece_s if pieces.at_work else look_s)
        finally:
            self._open -= 1


def event_of(standing: Standing) -> bytes:
    """Return the event; its id is the revision, which a browser sends again when it comes back."""
    return f"id: {standing.revision}\ndata: {json.dumps(asdict(standing))}\n\n".encode()


AGAIN_S: Final = 30
"""So long a tab is asked to wait where too many listen."""

_UNBUFFERED: Final = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}


def events_routes(changes: Changes) -> APIRouter:
    """Return `/events`, the stream, and `/events/now`, for where no stream comes through."""
    router = APIRouter(prefix="/events")

    @router.get("")
    async def listen(
        since: Annotated[int | None, Query(ge=0)] = None,
        last_event_id: Annotated[int | None, Header(ge=0)] = None,
    ) -> Response:
        if changes.full:
            return Response(status_code=503, headers={"retry-after": str(AGAIN_S)})
        known = since if last_event_id is None else last_event_id
        events = changes.stream(known)
        return StreamingResponse(events, media_type="text/event-stream", headers=_UNBUFFERED)

    @router.get("/now")
    def now(since: Annotated[int | None, Query(ge=0)] = None) -> Response:
        return JSONResponse(asdict(changes.standing(since)), headers=FRESH)

    return router


MAX_TABS: Final = 1000
"""What those wanted that were heard of the longest ago is forgotten."""

MAX_STEPS: Final = 8
"""Of one tab, which has each done at once: what came before these was never asked for."""

MAX_LETTERS: Final = 100_000
MAX_NAME_LETTERS: Final = 1000

TabId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


Do = Literal["ask", "again", "branch", "remove", "open", "earlier", "look"]

Beside = Literal["region", "scope"]
"""What lies beside the next question: the part of a page that goes with it, until another is laid
("" none), and what the next conversation is asked of, an entry a line."""


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
    beside: dict[Beside, str] = field(default_factory=dict)


class TabWishes:
    """What the tabs of one person want. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tabs: dict[str, _Wants] = {}

    def want(self, tab_id: str, step: Step) -> None:
        with self._lock:
            self._of(tab_id).steps.append(step)

    def take(self, tab_id: str) -> Step | None:
        """Return what is wanted first, once; None where nothing is."""
        with self._lock:
            steps = self._of(tab_id).steps
            return steps.popleft() if steps else None

    def lay(self, tab_id: str, what: Beside, text: str) -> None:
        with self._lock:
            self._of(tab_id).beside[what] = text

    def laid(self, tab_id: str, what: Beside) -> str:
        with self._lock:
            return self._of(tab_id).beside.get(what, "")

    def _of(self, tab_id: str) -> _Wants:
        wants = self._tabs.pop(tab_id, None) or _Wants()
        self._tabs[tab_id] = wants
        while len(self._tabs) > MAX_TABS:
            del self._tabs[next(iter(self._tabs))]
        return wants


def wanted_routes(wanted: TabWishes) -> APIRouter:
    """Return the routes under `/tabs`."""
    router = APIRouter(prefix="/tabs")

    @router.post("/{tab_id}/next", status_code=204)
    def want(
        tab_id: TabId,
        do: Annotated[Do, Body()],
        about: Annotated[str, Body(max_length=MAX_NAME_LETTERS)] = "",
        text: Annotated[str, Body(max_length=MAX_LETTERS)] = "",
    ) -> None:
        wanted.want(tab_id, Step(do, about, text))

    @router.put("/{tab_id}/{what}", status_code=204)
    def lay(
        tab_id: TabId, what: Beside, text: Annotated[str, Body(embed=True, max_length=MAX_LETTERS)]
    ) -> None:
        wanted.lay(tab_id, what, text)

    return router
