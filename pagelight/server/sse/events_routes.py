"""What a tab listens to: a stream of changes, or now and then how everything stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pagelight.server.middleware.headers import FRESH
from pagelight.server.sse.changes import Changes
from pagelight.server.sse.stream import Streams

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
