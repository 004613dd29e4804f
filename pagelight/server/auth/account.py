"""What who is signed in changes of their own: the password, and where else they are signed in.

Knows the users file, the door that tries the old password, and sessions.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pagelight.server.auth.browser_sessions import (
    BrowserSessions,
    address_of,
    browser_name,
    kept,
    moment,
)
from pagelight.server.auth.forms import REFUSED, Form, form_of, one_of, see_other
from pagelight.server.middleware.asgi import ACCOUNT, SIGN_IN
from pagelight.server.middleware.audit_log import Lines
from pagelight.server.middleware.authentication import Authenticator, SignInRefusal
from pagelight.server.middleware.guard import too_often
from pagelight.server.middleware.headers import FRESH
from pagelight.services.accounts.keeping import PeopleFile
from pagelight.services.accounts.person import User
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.sentences import explained
from pagelight.ui.templating import render
from rag.errors import PagelightError, SettingsError
from rag.storage.accounts.sessions import LONGEST_S, Sessions, SignedIn

DONE: Final = {
    "password": key("Your password is changed. You are signed out everywhere else."),
    "end": key("The session was ended."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """The page of one's own. `people` holds the passwords."""

    people: PeopleFile
    authenticator: Authenticator
    sessions: Sessions
    lines: Lines

    async def __call__(self, request: Request, user: User) -> Response:
        """Answer who is signed in as `user`."""
        if request.method != "POST":
            did = request.query_params.get("did", "")
            return await self._page(user, notice=known(DONE.get(did, "")))
        form = await form_of(request)
        try:
            match one_of(form, "do"):
                case "end":
                    return await self._end(request, user, one_of(form, "session"))
                case "out":
                    return await self._out(request, user)
                case _:
                    return await self._change(request, user, form)
        except PagelightError as error:
            return await self._page(user, wrong=explained(error))

    async def _change(self, request: Request, user: User, form: Form) -> Response:
        """Set another password, and begin a session anew: the others end with the old one."""
        name, new = user.person.name, one_of(form, "new")
        if new != one_of(form, "again"):
            raise SettingsError("The two new passwords differ.", hint="Type them again.")
        admitted = await self.authenticator.admit(
            name, one_of(form, "old"), address_of(request.scope)
        )
        if isinstance(admitted, SignInRefusal):
            await self._tell(request, name, key("gave a wrong password"))
            wait_s = admitted.wait_s
            raise SettingsError(
                too_often(wait_s) if wait_s else say("The password until now is another one.")
            )
        token = await asyncio.to_thread(self._changed, request, admitted, new)
        await self._tell(request, name, key("changed their password"))
        answer = see_other(f"{ACCOUNT}?did=password")
        answer.headers["set-cookie"] = kept(request.scope, token, longest_s=LONGEST_S)
        return answer

    def _changed(self, request: Request, user: User, new: str) -> str:
        """Set the password; return the token of a new session."""
        name = user.person.name
        self.people.set_password(name, new)
        self.sessions.end_all(name)
        sessions = BrowserSessions(self.authenticator, self.sessions)
        return sessions.begin(self.authenticator.user(name) or user, request)

    async def _end(self, request: Request, user: User, session_id: str) -> Response:
        found = next((one for one in self._own(user) if str(one.id) == session_id), None)
        if found is None:
            raise SettingsError("This session is over already.")
        await asyncio.to_thread(self.sessions.end, found.id)
        await self._tell(request, user.person.name, key("ended a session of their own"))
        return see_other(f"{ACCOUNT}?did=end")

    async def _out(self, request: Request, user: User) -> Response:
        await asyncio.to_thread(self.sessions.end_all, user.person.name)
        await self._tell(request, user.person.name, key("signed out everywhere"))
        return see_other(SIGN_IN)

    def _own(self, user: User) -> list[SignedIn]:
        return [one for one in self.sessions.all() if one.name == user.person.name]

    async def _page(self, user: User, *, notice: str = "", wrong: str = "") -> Response:
        html = render(
            "accounts/account.html",
            name=user.person.name,
            listed=await asyncio.to_thread(self._own, user),
            browser=browser_name,
            moment=moment,
            back=True,
            notice=notice,
            wrong=wrong,
        )
        return HTMLResponse(html, status_code=REFUSED if wrong else 200, headers=FRESH)

    async def _tell(self, request: Request, who: str, what: str) -> None:
        await asyncio.to_thread(self.lines.put, who, what, address=address_of(request.scope))
