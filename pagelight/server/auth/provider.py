"""An OpenID provider that people sign in with: where they are sent, and whom it says they are.

The protocol (OpenID Connect Core 1.0, code flow with PKCE, state and nonce) is Authlib's. Who is
away there is bound to their browser by a cookie: nobody is signed in as another by a link. Knows no
users of ours and no sessions.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from pagelight.server.middleware.asgi import is_loopback
from pagelight.services.accounts.person import Identity
from pagelight.ui.language import key
from rag.errors import PagelightError, SettingsError
from rag.settings import Settings

logger = logging.getLogger(__name__)

ANSWER_S: Final = 10.0
"""So long the provider may take for one answer."""

SIGNED_WITH: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
"""By a key that the provider alone has: no shared secret, and never by none."""

_TROUBLE: Final = (
    AuthlibBaseError,
    JoseError,
    httpx2.HTTPError,
    ValueError,
    KeyError,
    RuntimeError,
)


class ProviderError(PagelightError):
    """Raised where a provider does not answer, or says nothing that can be believed."""


class Provider:
    """One provider. Asked only while somebody signs in with it."""

    def __init__(self, settings: Settings) -> None:
        self.host = urlsplit(settings.oidc_issuer).netloc
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._claim = settings.oidc_claim  # what of its words is the name of a person here
        self._client_id = settings.oidc_client
        self._app: Any = OAuth().register(
            "provider",
            client_id=settings.oidc_client,
            client_secret=settings.oidc_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": ANSWER_S,
            },
        )

    async def away(self, request: Request, *, back: str) -> Response:
        """Return what leads there and `back`; fills `request.session`. Raises ProviderError."""
        try:
            await self._known()
            answer: Response = await self._app.authorize_redirect(request, back)
        except _TROUBLE as error:
            raise _failed(error) from error
        return answer

    async def who(self, request: Request) -> tuple[Identity, str]:
        """Return who comes back, and their name, as it is told. Raises ProviderError."""
        try:
            issuer = (await self._known())["issuer"]
            options = {
                "iss": {"essential": True, "values": [issuer]},
                "aud": {"essential": True, "values": [self._client_id]},
            }
            token = await self._app.authorize_access_token(request, claims_options=options)
            claims = dict(token["userinfo"])
        except (*_TROUBLE, TypeError) as error:  # the last of a state that nobody was given
            raise _failed(error) from error
        subject = self._claim_of("sub", claims)
        return Identity(issuer=self._issuer, subject=subject), self._claim_of(self._claim, claims)

    def _claim_of(self, claim: str, claims: dict[str, Any]) -> str:
        value = claims.get(claim)
        is_sure = claim != "email" or claims.get("email_verified") is True
        if not isinstance(value, str) or not value.strip() or not is_sure:
            raise ProviderError(
                key("{host} does not say who you are: no {claim} that it has checked."),
                hint=key("Ask who looks after Pagelight here."),
                host=self.host,
                claim=claim,
            )
        return value

    async def _known(self) -> dict[str, Any]:
        claims: dict[str, Any] = await self._app.load_server_metadata()
        if str(claims.get("issuer", "")).rstrip("/") != self._issuer:
            raise ValueError(f"{self._issuer} calls itself {claims.get('issuer')!r}")
        key = "id_token_signing_alg_values_supported"
        claims[key] = [one for one in claims.get(key, ["RS256"]) if one in SIGNED_WITH]
        return claims


def _failed(error: Exception) -> ProviderError:
    logger.warning("nobody came in by the provider: %s: %s", type(error).__name__, error)
    return ProviderError(
        key("Signing in there does not work just now."),
        hint=key("Try again; if it stays so, tell who looks after Pagelight."),
    )


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider of the settings. Raises SettingsError for one that can't be used."""
    if not settings.oidc_issuer:
        return None
    if not settings.users:
        raise SettingsError(
            "RAG_OIDC_ISSUER says who somebody is, and nothing what they may see.",
            hint="Set RAG_USERS; the names in it are those that the provider tells.",
        )
    if not settings.oidc_client:
        raise SettingsError("RAG_OIDC_ISSUER needs RAG_OIDC_CLIENT.", hint="Set it.")
    parts = urlsplit(settings.oidc_issuer)
    is_ours = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or not (parts.scheme == "https" or is_ours) or parts.query:
        raise SettingsError(
            f"RAG_OIDC_ISSUER={settings.oidc_issuer!r} is no address that can be trusted.",
            hint="It begins with https://.",
        )
    return Provider(settings)


JOURNEY_S: Final = 600.0
MAX_AWAY: Final = 1000
"""So many may be away; who left first is forgotten first."""

Away = dict[str, Any]


class Journeys:
    """Those who are away. `now` is a clock in seconds."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._away: OrderedDict[str, tuple[float, Away]] = OrderedDict()

    def begin(self) -> tuple[str, Away]:
        """Return a new token, and what is kept by it: to be filled."""
        token, kept = secrets.token_urlsafe(32), Away()
        self._away[token] = (self._now(), kept)
        while len(self._away) > MAX_AWAY:
            self._away.popitem(last=False)
        return token, kept

    def end(self, token: str) -> Away | None:
        """Return what was kept, once; None for who was not away, or for too long."""
        begun_s, kept = self._away.pop(token, (0.0, None))
        return kept if kept is not None and self._now() - begun_s <= JOURNEY_S else None
