"""Where people come in and leave: by a form and a cookie, programs by a header. Pure ASGI.

A session's token is made anew at each signing in; one that a browser brings along is never taken
over. Without accounts the owner comes in by a token of 256 bits, which nobody guesses.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import secrets
from contextlib import suppress
from typing import Final
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from pagelight.server.auth.browser import (
    AWAY,
    BrowserSessions,
    address_of,
    form_of,
    keep,
    one_of,
    see_other,
    token_of,
)
from pagelight.server.auth.people_routes import OwnAccount
from pagelight.server.auth.provider import JOURNEY_S, Journeys, Provider, ProviderError
from pagelight.server.middleware import paths
from pagelight.server.middleware.asgi import SAFE
from pagelight.server.middleware.authentication import Authenticator, SignInRefusal, credentials
from pagelight.server.middleware.guard import too_often
from pagelight.server.middleware.headers import fresh
from pagelight.services.accounts.person import OWNER, Person, User
from pagelight.services.accounts.users import PeopleFile
from pagelight.ui.language import explained, key, say
from pagelight.ui.templating import render
from rag.errors import PagelightError
from rag.storage.accounts import LONGEST_S, Audit, Sessions

logger = logging.getLogger(__name__)


_OWN: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
"""A path of this server, in ASCII, without a backslash: no other host can be meant by it."""

_LEFT: Final = "left"
_NEXT: Final = "next"
NOBODY_KNOWN: Final = key("somebody")


def own_address(wished: str) -> str:
    """Return where somebody goes on after signing in: an address of ours, else the page."""
    is_entry = wished.startswith("/sign-")
    return wished if _OWN.fullmatch(wished) and not is_entry else paths.PAGE


class Entrance:
    """Tells who asks, and answers where one signs in and out."""

    needs: Final = key("A password is needed.")

    def __init__(
        self,
        authenticator: Authenticator,
        sessions: Sessions,
        lines: Audit,
        *,
        provider: Provider | None = None,
        people: PeopleFile | None = None,
        journeys: Journeys | None = None,
    ) -> None:
        """`lines` tell who signs in and out; `people` holds the passwords of each, if any."""
        self._provider, self._people = provider, people
        self._journeys = journeys or Journeys()
        self._authenticator = authenticator
        self._browsers = BrowserSessions(authenticator, sessions)
        self._lines = lines
        self._account = (
            OwnAccount(people=people, authenticator=authenticator, sessions=sessions, lines=lines)
            if people
            else None
        )
        self._pages = Router(
            [
                Route(paths.SIGN_IN, self._shown),
                Route(paths.SIGN_IN, self._sign_in, methods=["POST"]),
                Route(paths.SIGN_OUT, lambda _: see_other(paths.PAGE)),
                Route(paths.SIGN_OUT, self._sign_out, methods=["POST"]),
                Route(paths.ACCOUNT, self._own_page, methods=["GET", "POST"]),
                Route(paths.PROVIDER, self._away),
                Route(paths.BACK, self._back),
            ]
        )

    def answers(self, scope: Scope) -> bool:
        """Tell whether a request is for one of the pages here."""
        return scope["path"] in paths.ENTRY

    async def person(self, scope: Scope) -> Person | SignInRefusal:
        """Return who asks. Raises SettingsError where the users file can't be read any more."""
        authorization = Headers(scope=scope).get("authorization", "")
        if authorization:
            return await self._by_header(authorization, address_of(scope))
        user = await self._browsers.user_of(token_of(scope))
        return user.person if user else SignInRefusal()

    async def _by_header(self, authorization: str, address: str) -> Person | SignInRefusal:
        given = credentials(authorization, named=self._authenticator.named)
        if given is None:
            return SignInRefusal()
        known = await asyncio.to_thread(self._authenticator.remembers, *given)
        user = await self._authenticator.admit(*given, address)
        if isinstance(user, SignInRefusal):
            await self._tell_refusal(user, given[0], address)
            return user
        if not known:
            await self._tell(user.person.name, key("signed in by a program"), address)
        return user.person

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
        try:
            await self._pages(scope, receive, send)
        except ClientDisconnect:  # gone before all of it came
            return
        except PagelightError as error:
            logger.warning("nobody can sign in: %s", error)
            why = say(
                "Nobody can sign in just now. Who runs Pagelight finds the reason in its terminal."
            )
            await self._page(Request(scope), wrong=why, status=503)(scope, receive, send)

    async def _own_page(self, request: Request) -> Response:
        user = await self._browsers.user_of(token_of(request.scope))
        if user is None:
            return see_other(f"{paths.SIGN_IN}?next={paths.ACCOUNT}")
        return await self._account(request, user) if self._account else see_other(paths.PAGE)

    async def _away(self, request: Request) -> Response:
        if self._provider is None:
            return Response(status_code=405)
        token, away = self._journeys.begin()
        away[_NEXT] = _wished(request)
        request.scope["session"] = away
        back = f"{str(request.base_url).rstrip('/')}{paths.BACK}"
        try:
            answer = await self._provider.away(request, back=back)
        except ProviderError as error:
            return self._page(request, wrong=explained(error), status=503)
        keep(answer, request.scope, token, longest_s=JOURNEY_S, what=AWAY)
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _back(self, request: Request) -> Response:
        if self._provider is None or self._people is None:
            return Response(status_code=405)
        address = address_of(request.scope)
        away = self._journeys.end(token_of(request.scope, AWAY))
        if away is None:
            why = say("That took too long, or began in another browser. Sign in again.")
            return self._page(request, wrong=why, status=400)
        request.scope["session"] = away
        try:
            identity, name = await self._provider.who(request)
        except ProviderError as error:
            await self._tell(NOBODY_KNOWN, key("was not let in by the provider"), address)
            return self._page(request, wrong=explained(error), status=403)
        user = await asyncio.to_thread(self._people.recognise, identity, name)
        if user is None:
            what = key("was let in by the provider, and is nobody here:")
            await self._tell(NOBODY_KNOWN, what, address, about=name[:64])
            why = say(
                "You are {name} there, and nobody of that name may come in here."
                " Ask who looks after Pagelight.",
                name=name,
            )
            return self._page(request, wrong=why, status=403)
        answer = fresh(render("accounts/signed_in.html", there=str(away[_NEXT])))
        await self._begin(request, answer, user, key("signed in by the provider"))
        keep(answer, request.scope, "", longest_s=0, what=AWAY)
        return answer

    async def _begin(self, request: Request, answer: Response, user: User, what: str) -> None:
        await self._browsers.end(token_of(request.scope))
        token = await asyncio.to_thread(self._browsers.begin, user, request)
        await self._tell(user.person.name, what, address_of(request.scope))
        keep(answer, request.scope, token, longest_s=LONGEST_S)

    async def _shown(self, request: Request) -> Response:
        if await self._browsers.user_of(token_of(request.scope)):
            return see_other(_wished(request))
        notice = say("You are signed out.") if _LEFT in request.query_params else ""
        return self._page(request, notice=notice)

    async def _sign_in(self, request: Request) -> Response:
        form = await form_of(request)
        name, address = one_of(form, "name"), address_of(request.scope)
        user = await self._authenticator.admit(name, one_of(form, "password"), address)
        if isinstance(user, SignInRefusal):
            await self._tell_refusal(user, name, address)
            if user.wait_s:
                answer = self._page(request, name=name, wrong=too_often(user.wait_s), status=429)
                answer.headers["retry-after"] = str(math.ceil(user.wait_s))
                return answer
            wrong = (
                say("This name and password do not fit. Check both; capital letters count.")
                if self._authenticator.named
                else say("This password does not fit. Capital letters count.")
            )
            return self._page(request, name=name, wrong=wrong, status=401)
        answer = see_other(_wished(request))
        await self._begin(request, answer, user, key("signed in"))
        return answer

    async def _sign_out(self, request: Request) -> Response:
        user = await self._browsers.user_of(token_of(request.scope))
        await self._browsers.end(token_of(request.scope))
        if user is not None:
            await self._tell(user.person.name, key("signed out"), address_of(request.scope))
        answer = see_other(f"{paths.SIGN_IN}?{_LEFT}")
        keep(answer, request.scope, "", longest_s=0)
        return answer

    def _page(
        self,
        request: Request,
        *,
        name: str = "",
        wrong: str = "",
        notice: str = "",
        status: int = 200,
    ) -> Response:
        html = render(
            "accounts/sign_in.html",
            token=False,
            named=self._authenticator.named,
            name=name,
            wrong=wrong,
            notice=notice,
            provider=self._provider.host if self._provider else "",
            provider_at=f"{paths.PROVIDER}?next={quote(_wished(request))}",
        )
        return fresh(html, status=status)


def _wished(request: Request) -> str:
    return own_address(request.query_params.get("next", paths.PAGE))


_TOKEN: Final = "token"  # noqa: S105 - the name of a parameter


def with_token(url: str, token: str) -> str:
    """Return the address of a server that lets its owner in."""
    return f"{url}{paths.PAGE}?{urlencode({_TOKEN: token})}"


class TokenEntrance:
    """Tells whether it is the owner who asks, and answers where they come in."""

    needs: Final = key("A token is needed: `pagelight token` prints it.")

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def answers(self, scope: Scope) -> bool:
        """Tell whether a request is for the form, or for a page with a token in its address."""
        has_token = _TOKEN in QueryParams(scope.get("query_string", b""))
        is_visit = scope["method"] in SAFE and paths.is_page(scope["path"])
        return scope["path"] == paths.SIGN_IN or (has_token and is_visit)

    async def person(self, scope: Scope) -> Person | SignInRefusal:
        authorization = Headers(scope=scope).get("authorization", "")
        if authorization:
            _, given = credentials(authorization, named=False) or ("", "")
        else:
            given = token_of(scope)
        return OWNER if self._fits(given) else SignInRefusal()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            answer = await self._answer(Request(scope, receive))
            await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method in SAFE:
            given = request.query_params.get(_TOKEN, "")
        else:
            given = one_of(await form_of(request), "password")
        fits = self._fits(given)
        if fits or await self.person(request.scope) == OWNER:
            answer = see_other(_goes_on(request))
            if fits:
                keep(answer, request.scope, given, longest_s=LONGEST_S)
            return answer
        wrong = say("This token does not fit.") if given else ""
        html = render(
            "accounts/sign_in.html", token=True, named=False, provider="", wrong=wrong, notice=""
        )
        return fresh(html, status=401 if given else 200)

    def _fits(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token)


def _goes_on(request: Request) -> str:
    if request.url.path == paths.SIGN_IN:
        return _wished(request)
    others = [(name, value) for name, value in request.query_params.multi_items() if name != _TOKEN]
    return request.url.path + (f"?{urlencode(others)}" if others else "")
