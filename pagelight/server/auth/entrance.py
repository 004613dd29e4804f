"""Where people come in and leave: by a form and a cookie, programs by a header. Pure ASGI.

A session's token is made anew at each signing in; one that a browser brings along is never taken
over. Knows the authenticator, which knows passwords, and the sessions of the database.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pagelight.server.auth import forms
from pagelight.server.auth.account import OwnAccount
from pagelight.server.auth.browser_sessions import (
    AWAY,
    BrowserSessions,
    address_of,
    forgotten,
    kept,
    token_of,
)
from pagelight.server.auth.provider import JOURNEY_S, Journeys, Provider, ProviderError
from pagelight.server.middleware.asgi import (
    ACCOUNT,
    BACK,
    ENTRY,
    PAGE,
    PROVIDER,
    SIGN_IN,
    SIGN_OUT,
    Receive,
    Scope,
    Send,
)
from pagelight.server.middleware.audit_log import Lines
from pagelight.server.middleware.authentication import Authenticator, SignInRefusal, credentials
from pagelight.server.middleware.guard import too_often
from pagelight.server.middleware.headers import FRESH
from pagelight.services.accounts.keeping import PeopleFile
from pagelight.services.accounts.person import Person, User
from pagelight.ui.html.language import key, say
from pagelight.ui.html.sentences import explained
from pagelight.ui.templating import render
from rag.errors import PagelightError
from rag.storage.accounts.sessions import LONGEST_S, Sessions

logger = logging.getLogger(__name__)

_OWN: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
"""A path of this server, in ASCII, without a backslash: no other host can be meant by it."""

_LEFT: Final = "left"
_NEXT: Final = "next"
NOBODY_KNOWN: Final = key("somebody")


def own_address(wished: str) -> str:
    """Return where somebody goes on after signing in: an address of ours, else the page."""
    is_entry = wished.startswith("/sign-")
    return wished if _OWN.fullmatch(wished) and not is_entry else PAGE


class Entrance:
    """Tells who asks, and answers where one signs in and out."""

    needs: Final = key("A password is needed.")

    def __init__(
        self,
        authenticator: Authenticator,
        sessions: Sessions,
        lines: Lines,
        *,
        provider: Provider | None = None,
        people: PeopleFile | None = None,
        journeys: Journeys | None = None,
    ) -> None:
        """`lines` are written of who signs in and out; `provider` knows people, too.

        `people` holds the passwords, where each has their own.
        """
        self._provider = provider
        self._journeys = journeys or Journeys()
        self._authenticator = authenticator
        self._browsers = BrowserSessions(authenticator, sessions)
        self._lines = lines
        self._account = (
            OwnAccount(people=people, authenticator=authenticator, sessions=sessions, lines=lines)
            if people
            else None
        )

    def answers(self, scope: Scope) -> bool:
        """Tell whether a request is for one of the pages here."""
        return scope["path"] in ENTRY

    async def person(self, scope: Scope) -> Person | SignInRefusal:
        """Return who asks. Raises SettingsError where the users file can't be read any more."""
        authorization = Headers(scope=scope).get("authorization", "")
        if authorization:
            return await self._by_header(authorization, address_of(scope))
        user = await self._browsers.user_of(token_of(scope))
        return user.person if user else SignInRefusal()

    async def _by_header(self, authorization: str, address: str) -> Person | SignInRefusal:
        known = await asyncio.to_thread(self._authenticator.remembers, authorization)
        entered = await self._authenticator.enter(authorization, address)
        given = credentials(authorization, named=self._authenticator.named)
        if isinstance(entered, SignInRefusal):
            if given is not None:
                await self._tell_refusal(entered, given[0], address)
        elif not known:
            await self._tell(entered.name, key("signed in by a program"), address)
        return entered

    async def _tell_refusal(self, refusal: SignInRefusal, name: str, address: str) -> None:
        """A name that nobody has is not written down: it may be a password in the wrong place."""
        if not refusal.wait_s:
            named = self._authenticator.named
            user = await asyncio.to_thread(self._authenticator.user, name) if named else None
            who = user.person.name if user else ""
            await self._tell(who or NOBODY_KNOWN, key("gave a wrong password"), address)

    async def _tell(self, who: str, what: str, address: str, *, about: str = "") -> None:
        await asyncio.to_thread(self._lines.put, who, what, about=about, address=address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await forms.answer(self._respond, scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except PagelightError as error:
            logger.warning("nobody can sign in: %s", error)
            why = say(
                "Nobody can sign in just now. Who runs Pagelight finds the reason in its terminal."
            )
            return self._page(request, wrong=why, status=503)

    async def _answer(self, request: Request) -> Response:
        path, method = request.url.path, request.method.replace("HEAD", "GET")
        if path == ACCOUNT:
            return await self._own_page(request)
        if path == SIGN_IN and method in {"GET", "POST"}:
            return await (self._shown if method == "GET" else self._sign_in)(request)
        if path == SIGN_OUT and method in {"GET", "POST"}:
            return forms.see_other(PAGE) if method == "GET" else await self._sign_out(request)
        if path in {PROVIDER, BACK} and method == "GET" and self._provider is not None:
            return await (self._back if path == BACK else self._away)(request, self._provider)
        return Response(status_code=405)

    async def _own_page(self, request: Request) -> Response:
        user = await self._browsers.user_of(token_of(request.scope))
        if user is None:
            return forms.see_other(f"{SIGN_IN}?next={ACCOUNT}")
        return await self._account(request, user) if self._account else forms.see_other(PAGE)

    async def _away(self, request: Request, provider: Provider) -> Response:
        """Send somebody to the provider; what brings them back is bound to their browser."""
        token, away = self._journeys.begin()
        away[_NEXT] = _wished(request)
        request.scope["session"] = away
        back = f"{str(request.base_url).rstrip('/')}{BACK}"
        try:
            answer = await provider.away(request, back=back)
        except ProviderError as error:
            return self._page(request, wrong=explained(error), status=503)
        cookie = kept(request.scope, token, longest_s=JOURNEY_S, what=AWAY)
        answer.headers["set-cookie"] = cookie
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _back(self, request: Request, provider: Provider) -> Response:
        address = address_of(request.scope)
        away = self._journeys.end(token_of(request.scope, AWAY))
        if away is None:
            why = say("That took too long, or began in another browser. Sign in again.")
            return self._page(request, wrong=why, status=400)
        request.scope["session"] = away
        try:
            identity, name = await provider.who(request)
        except ProviderError as error:
            await self._tell(NOBODY_KNOWN, key("was not let in by the provider"), address)
            return self._page(request, wrong=explained(error), status=403)
        user = await asyncio.to_thread(self._authenticator.recognise, identity, name)
        if user is None:
            what = key("was let in by the provider, and is nobody here:")
            await self._tell(NOBODY_KNOWN, what, address, about=name[:64])
            why = say(
                "You are {name} there, and nobody of that name may come in here."
                " Ask who looks after Pagelight.",
                name=name,
            )
            return self._page(request, wrong=why, status=403)
        answer = HTMLResponse(
            render("accounts/signed_in.html", there=str(away[_NEXT])), headers=FRESH
        )
        await self._begin(request, answer, user, key("signed in by the provider"))
        answer.headers.append("set-cookie", forgotten(request.scope, AWAY))
        return answer

    async def _begin(self, request: Request, answer: Response, user: User, what: str) -> None:
        """Begin a session, in place of the one that the browser had."""
        await self._browsers.end(token_of(request.scope))
        token = await asyncio.to_thread(self._browsers.begin, user, request)
        await self._tell(user.person.name, what, address_of(request.scope))
        answer.headers["set-cookie"] = kept(request.scope, token, longest_s=LONGEST_S)

    async def _shown(self, request: Request) -> Response:
        if await self._browsers.user_of(token_of(request.scope)):
            return forms.see_other(_wished(request))
        notice = say("You are signed out.") if _LEFT in request.query_params else ""
        return self._page(request, notice=notice)

    async def _sign_in(self, request: Request) -> Response:
        form = await forms.form_of(request)
        name, address = forms.one_of(form, "name"), address_of(request.scope)
        user = await self._authenticator.admit(name, forms.one_of(form, "password"), address)
        if isinstance(user, SignInRefusal):
            await self._tell_refusal(user, name, address)
            return self._refused(request, user, name)
        answer = forms.see_other(_wished(request))
        await self._begin(request, answer, user, key("signed in"))
        return answer

    async def _sign_out(self, request: Request) -> Response:
        user = await self._browsers.user_of(token_of(request.scope))
        await self._browsers.end(token_of(request.scope))
        if user is not None:
            await self._tell(user.person.name, key("signed out"), address_of(request.scope))
        answer = forms.see_other(f"{SIGN_IN}?{_LEFT}")
        answer.headers["set-cookie"] = forgotten(request.scope)
        return answer

    def _refused(self, request: Request, refusal: SignInRefusal, name: str) -> Response:
        if refusal.wait_s:
            answer = self._page(request, name=name, wrong=too_often(refusal.wait_s), status=429)
            answer.headers["retry-after"] = str(math.ceil(refusal.wait_s))
            return answer
        wrong = (
            say("This name and password do not fit. Check both; capital letters count.")
            if self._authenticator.named
            else say("This password does not fit. Capital letters count.")
        )
        return self._page(request, name=name, wrong=wrong, status=401)

    def _page(
        self,
        request: Request,
        *,
        name: str = "",
        wrong: str = "",
        notice: str = "",
        status: int = 200,
    ) -> Response:
        """Return the form; `wrong` is why somebody did not come in, `notice` else to say."""
        html = render(
            "accounts/sign_in.html",
            token=False,
            named=self._authenticator.named,
            name=name,
            wrong=wrong,
            notice=notice,
            provider=self._provider.host if self._provider else "",
            provider_at=f"{PROVIDER}?next={quote(_wished(request))}",
        )
        return HTMLResponse(html, status_code=status, headers=FRESH)


def _wished(request: Request) -> str:
    return own_address(request.query_params.get("next", PAGE))
