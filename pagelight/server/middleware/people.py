"""An application for each person who comes: made at their first request, given back when idle.

Sessions, queues and states of one person are thereby out of reach for another. Pure ASGI: knows
who asks, from the scope, and nothing of what is answered.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from pagelight.server.middleware import paths
from pagelight.server.middleware.asgi import PERSON
from pagelight.services.accounts.person import Person

if TYPE_CHECKING:
    from pagelight.server.app.own_routes import OwnParts

logger = logging.getLogger(__name__)

IDLE_S: Final = 3600.0
"""So long an application stays unused, as Gradio keeps the state of a closed tab."""

CHECK_S: Final = 60.0
"""So often it is looked for applications that nobody uses."""


class _Lived:
    def __init__(self, person: Person, application: OwnParts, now: Callable[[], float]) -> None:
        self.person = person
        self.application = application
        self.end = asyncio.Event()
        self._now = now
        self._requests = 0
        self._used_s = now()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1
            self._used_s = self._now()

    def idle_s(self) -> float:
        """Return the seconds since it was last used; 0 while it is: an open tab always asks."""
        at_work = self._requests or self.application.at_work
        return 0.0 if at_work else self._now() - self._used_s

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

    def __init__(
        self,
        make: Callable[[Person], OwnParts],
        api: ASGIApp,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` is a clock in seconds."""
        self._make = make
        self._api = api
        self._now = now
        self._lived: dict[str, _Lived] = {}
        self._prepared: set[str] = set()
        self._making = asyncio.Lock()
        self._group: asyncio.TaskGroup | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"].startswith(paths.API):
            await self._api(scope, receive, send)
        else:
            lived = await self._of(scope[PERSON])
            with lived.in_use():
                await lived.application.asgi(scope, receive, send)

    def prepare(self, person: Person) -> None:
        """Make and keep the application of somebody who is sure to come, before the server runs."""
        self._lived[person.key] = _Lived(person, self._make(person), self._now)
        self._prepared.add(person.key)

    async def give_back_idle(self) -> None:
        """End the applications that nobody has used for `IDLE_S`; who comes back gets a new one."""
        for name, lived in list(self._lived.items()):
            if name not in self._prepared and lived.idle_s() >= IDLE_S:
                del self._lived[name]
                await self._end(lived)

    async def _end(self, lived: _Lived) -> None:
        lived.end.set()
        await asyncio.to_thread(lived.application.close)

    def close(self) -> None:
        """End what the applications do in the background; once more it does nothing."""
        lived, self._lived = self._lived, {}
        for one in lived.values():
            one.application.close()

    async def _of(self, person: Person) -> _Lived:
        """Return the application of a person, made anew where they may see or do other things."""
        lived = self._lived.get(person.key)
        if lived is not None and lived.person == person:
            return lived
        async with self._making:
            former = self._lived.get(person.key)
            if former is not None and former.person == person:  # made meanwhile
                return former
            lived = _Lived(person, await asyncio.to_thread(self._make, person), self._now)
            await self._begin(lived)
            self._lived[person.key] = lived
            if former is not None:
                await self._end(former)
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
            checking = self._group.create_task(self._check())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            checking.cancel()
            for lived in self._lived.values():
                lived.end.set()
        self._group = None
        await send({"type": "lifespan.shutdown.complete"})

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            await self.give_back_idle()
