"""Whose a browser's session is: it begins at signing in, ends at leaving, and is found by a cookie.

Knows sessions and who they may be of; nothing of pages.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from pagelight.server.middleware.asgi import Scope
from pagelight.server.middleware.authentication import Door
from pagelight.services.accounts.person import Person, User
from rag.storage.accounts.sessions import Sessions, fits


class Browsers:
    """The sessions of all browsers. Threads wait for ledger and users file: both may hang."""

    def __init__(self, door: Door, sessions: Sessions) -> None:
        self._door = door
        self._sessions = sessions

    def begin(self, user: User, request: Request) -> str:
        """Begin a session of who signed in; return its token, which is kept nowhere else."""
        return self._sessions.begin(
            user.person.name,
            secret=user.password,
            address=address_of(request.scope),
            agent=request.headers.get("user-agent", ""),
        )

    async def end(self, token: str) -> None:
        """End the session of a token, if there is one."""
        if token:
            await asyncio.to_thread(self._end, token)

    async def person_of(self, token: str) -> Person | None:
        """Return whose session a token is of, as they may see by now."""
        user = await self.user_of(token)
        return user.person if user else None

    async def user_of(self, token: str) -> User | None:
        """Return as `person_of`; a session of an older password, or of nobody any more, ends."""
        return await asyncio.to_thread(self._user_of, token) if token else None

    def _end(self, token: str) -> None:
        session = self._sessions.find(token)
        if session is not None:
            self._sessions.end(session.id)

    def _user_of(self, token: str) -> User | None:
        session = self._sessions.find(token)
        if session is None:
            return None
        user = self._door.user(session.name)
        if user is None or not fits(session, token=token, secret=user.password):
            self._sessions.end(session.id)
            return None
        if self._sessions.is_due(session):
            self._sessions.use(session)
        return user


def address_of(scope: Scope) -> str:
    """Return from where a request came; empty where that is not told."""
    return str(scope["client"][0]) if scope.get("client") else ""
