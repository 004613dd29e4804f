"""What changes, told to open tabs by server-sent events: how all stands, and answers as they grow.

The ledger counts what changes of documents and conversations, also where another process changes
it; what this program does just now tells itself. A stream is bounded in number and in time.
"""

from __future__ import annotations

import asyncio
import bisect
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Final, Generic, TypeVar

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import Library

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
    shorter = min(len(former), len(html))
    same = bisect.bisect_left(range(1, shorter + 1), x=True, key=lambda n: former[:n] != html[:n])
    keep = len(html[:same].encode("utf-16-le", "surrogatepass")) // 2
    return {"keep": keep, "more": html[same:]}


LEDGER_S: Final = 0.3
"""So often the ledger is asked, however many tabs are open: 0.1 ms each time."""

STATE_S: Final = 1.0
"""So often what goes on is looked at: as often as a person can read it."""

MAX_TALKS: Final = 50
"""Conversations that one event names: the latest. A page shows one."""

Value = TypeVar("Value")


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


class _Remembered(Generic[Value]):
    """A value that is found again when it is old."""

    def __init__(self, find: Callable[[], Value], age_s: float, now: Callable[[], float]) -> None:
        self._find = find
        self._age_s = age_s
        self._now = now
        self._found: tuple[float, Value] | None = None

    def get(self) -> Value:
        if self._found is None or self._now() - self._found[0] >= self._age_s:
            self._found = (self._now(), self._find())
        return self._found[1]


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
        self._talks = library.conversations
        self._kept = _Remembered(lambda: (library.version(), self._talks.revision()), LEDGER_S, now)
        self.written = written
        self._state = _Remembered(state, STATE_S, now)
        self.closed = False

    def standing(self, since: int | None = None) -> Standing:
        """Return how everything stands; `talks` are those that changed after revision `since`."""
        library, revision = self._kept.get()
        talks: dict[str, str] = {}
        if since is not None and since != revision:
            talks = dict(list(self._talks.changed_since(since).items())[:MAX_TALKS])
        return Standing(library=library, state=self._state.get(), revision=revision, talks=talks)

    def close(self) -> None:
        """End the streams that tell of it."""
        self.closed = True


BEAT_S: Final = 15.0
"""Without news something is sent so often: proxies close silent connections after 30 to 60 s."""

LIFE_S: Final = 300.0
"""So long a stream lasts; a page then asks for the next one, and the door looks who it is."""

MAX_STREAMS: Final = 16
"""Of one person at the same time. A tab that is not seen has none."""

BEAT: Final = b"event: beat\ndata:\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a stream goes on, in seconds."""

    look_s: float = LEDGER_S
    piece_s: float = PIECE_S
    beat_s: float = BEAT_S
    life_s: float = LIFE_S


class Streams:
    """The open streams of one person."""

    def __init__(
        self,
        changes: Changes,
        *,
        pace: Pace | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._changes = changes
        self._pace = pace or Pace()
        self._now = now
        self._open = 0

    @property
    def full(self) -> bool:
        return self._open >= MAX_STREAMS

    async def open(self, since: int | None) -> AsyncIterator[bytes]:
        """Yield how everything stands, then what changes, until it is closed or has lived long.

        `since` is the revision that the page knows; None: it knows nothing.
        """
        self._open += 1
        try:
            async for event in self._events(since):
                yield event
        finally:
            self._open -= 1

    async def _events(self, since: int | None) -> AsyncIterator[bytes]:
        began_s = sent_s = self._now()
        sent: Standing | None = None
        pieces = Pieces(self._changes.written)
        while not self._changes.closed and self._now() - began_s < self._pace.life_s:
            standing = await asyncio.to_thread(self._changes.standing, since)
            since = standing.revision
            if sent != replace(standing, talks={}):
                sent = replace(standing, talks={})
                sent_s = self._now()
                yield event_of(standing)
            elif self._now() - sent_s >= self._pace.beat_s:
                sent_s = self._now()
                yield BEAT
            for event in await asyncio.to_thread(pieces.news):
                sent_s = self._now()
                yield event
            await asyncio.sleep(self._pace.piece_s if pieces.at_work else self._pace.look_s)


def event_of(standing: Standing) -> bytes:
    """Return the event; its id is the revision, which a browser sends again when it comes back."""
    return f"id: {standing.revision}\ndata: {json.dumps(asdict(standing))}\n\n".encode()


AGAIN_S: Final = 30
"""So long a tab is asked to wait where too many listen."""

_UNBUFFERED: Final = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}


def events_routes(changes: Changes) -> APIRouter:
    """Return `/events`, the stream, and `/events/now`, for where no stream comes through.

    Both take the revision that the page knows: `since`, or what a browser sends by itself.
    """
    router = APIRouter(prefix="/events")
    streams = Streams(changes)

    @router.get("")
    async def listen(
        since: Annotated[int | None, Query(ge=0)] = None,
        last_event_id: Annotated[int | None, Header(ge=0)] = None,
    ) -> Response:
        if streams.full:
            return Response(status_code=503, headers={"retry-after": str(AGAIN_S)})
        known = since if last_event_id is None else last_event_id
        events = streams.open(known)
        return StreamingResponse(events, media_type="text/event-stream", headers=_UNBUFFERED)

    @router.get("/now")
    def now(since: Annotated[int | None, Query(ge=0)] = None) -> Response:
        return JSONResponse(asdict(changes.standing(since)), headers=FRESH)

    return router
