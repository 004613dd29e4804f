"""An OpenID provider on a port of this machine, as strict as real ones (code flow, PKCE, nonce).

Everybody is signed in there at once, as whom its `claims` tell.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import uvicorn
from builders_ui import wait
from builders_users import basic
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "pagelight", "a-secret"


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": "one", "alg": "RS256"})


@dataclass
class OpenIdProvider:
    """What it says of who signs in, and by what its words can be spoilt."""

    claims: dict = field(default_factory=lambda: {"sub": "1", "preferred_username": "ann"})
    address: str = ""
    audience: str = CLIENT
    issuer: str = ""
    forged: bool = False
    nonce: str = ""
    codes: dict = field(default_factory=dict)
    key: RSAKey = field(default_factory=_key)
    other: RSAKey = field(default_factory=_key)

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer or self.address,
            "aud": [self.audience],
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce or asked["nonce"],
            **self.claims,
        }
        key = self.other if self.forged else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _refuse_unless(fits: bool) -> None:  # noqa: FBT001 - what is checked
    if not fits:
        raise HTTPException(400)


def app_of(provider: OpenIdProvider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def discovery():
        at = provider.address
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
        }

    @app.get("/keys")
    def keys():
        return KeySet([provider.key]).as_dict(private=False)

    @app.get("/authorize")
    def authorize(request: Request):
        asked = dict(request.query_params)
        _refuse_unless((asked["client_id"], asked["response_type"]) == (CLIENT, "code"))
        _refuse_unless(asked["redirect_uri"].endswith("/sign-in/back"))
        _refuse_unless(asked["code_challenge_method"] == "S256" and bool(asked["nonce"]))
        code = secrets.token_urlsafe()
        provider.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", status_code=302)

    @app.post("/token")
    async def token(request: Request):
        form = await request.form()
        asked = provider.codes.pop(form["code"], None)  # a code is taken once
        _refuse_unless(asked is not None and form["grant_type"] == "authorization_code")
        _refuse_unless(request.headers["authorization"] == basic(CLIENT, SECRET))
        _refuse_unless(form["redirect_uri"] == asked["redirect_uri"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        _refuse_unless(challenge == asked["code_challenge"])
        told = {"access_token": "an-access", "token_type": "Bearer", "expires_in": 300}
        return told | {"id_token": provider.id_token(asked)}

    return app


@contextmanager
def running_provider() -> Iterator[OpenIdProvider]:
    """Run it until the end of the block."""
    provider = OpenIdProvider()
    config = uvicorn.Config(app_of(provider), port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(lambda: server.started)
    provider.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    server.should_exit = True
    thread.join(10)
