"""An application for each person who comes: made at their first request, and kept.

Sessions, queues and states of one person are thereby out of reach for another. Pure ASGI: knows
who asks, from the scope, and nothing of what is answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ui.guard import API, PERSON, App, Receive, Scope, Send
from ui.users import Person

logger = logging.getLogger(__name__)


class Answering(Protocol):
    """`ui.application.Application`."""

    @property
    def asgi(self) -> Lively: ...
    def close(self) -> None: ...


class Lively(Protocol):
    """An application that has a beginning and an end of its own."""

    @property
    def router(self) -> Router: ...
    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None: ...


class Router(Protocol):
    @property
    def lifespan_context(self) -> Callable[[object], AbstractAsyncContextManager[object]]: ...


class _Lived:
    """One person's application, with the event that ends its life."""

    def __init__(self, person: Person, application: Answering) -> None:
        self.person = person
        self.application = application
        self.end = asyncio.Event()

    async def live(self, begun: asyncio.Future[None]) -> None:
        """Run its beginning, wait for `end`, and run its end."""
        app = self.application.asgi
        try:
            async with app.router.lifespan_context(app):
                begun.set_result(None)
                await self.end.wait()
        except Exception as error:
            if begun.done():
                logger.exception("the application of %r ended by a bug", self.person.name)
            else:
                begun.set_exception(error)


class People:
    """Hands each request to the application of who asks, and what programs ask to `api`."""

    def __init__(self, make: Callable[[Person], Answering], api: App) -> None:
        self._make = make
        self._api = api
        self._lived: dict[str, _Lived] = {}
        self._making = asyncio.Lock()
        self._group: asyncio.TaskGroup | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"].startswith(API):
            await self._api(scope, receive, send)
        else:
            application = await self._of(scope[PERSON])
            await application.asgi(scope, receive, send)

    def prepare(self, person: Person) -> None:
        """Make the application of somebody who is sure to come, before the server runs."""
        self._lived[person.name] = _Lived(person, self._make(person))

    def close(self) -> None:
        """End what the applications do in the background."""
        for one in self._lived.values():
            one.application.close()

    async def _of(self, person: Person) -> Answering:
        lived = self._lived.get(person.name)
        if lived is None or lived.person != person:
            async with self._making:
                lived = await self._made(person)
        return lived.application

    async def _made(self, person: Person) -> _Lived:
        """Return the application, made now unless another request has had it made meanwhile."""
        former = self._lived.get(person.name)
        if former is not None and former.person == person:
            return former
        lived = _Lived(person, await asyncio.to_thread(self._make, person))
        await self._begin(lived)
        self._lived[person.name] = lived
        if former is not None:  # may see other collections now
            former.end.set()
            await asyncio.to_thread(former.application.close)
        return lived

    async def _begin(self, lived: _Lived) -> None:
        if self._group is not None:  # else the server runs without beginning and end
            begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._group.create_task(lived.live(begun))
            await begun

    async def _live(self, receive: Receive, send: Send) -> None:
        """Answer the server's beginning and end; the lives of all applications lie between."""
        await receive()
        async with asyncio.TaskGroup() as self._group:
            for lived in self._lived.values():
                await self._begin(lived)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            for lived in self._lived.values():
                lived.end.set()
        self._group = None
        await send({"type": "lifespan.shutdown.complete"})
