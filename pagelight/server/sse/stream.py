"""A stream of server-sent events that tells a tab what changed. Bounded in number and in time.

Knows what stands now; knows nothing of routes.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, replace
from typing import Final

from pagelight.server.sse.changes import LEDGER_S, Changes, Standing
from pagelight.server.sse.pieces import PIECE_S, Pieces

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
