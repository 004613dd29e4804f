"""A real OpenID provider on a port of this machine, made of Authlib's own parts.

Everybody is signed in there at once, as whom its `claims` tell.
"""

# ruff: noqa: ARG002 - methods that Authlib calls, with what others need

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from builders_ui import wait
from fastapi import FastAPI, Request
from fastapi.responses import Response
from joserfc.jwk import KeySet, RSAKey
from starlette.concurrency import run_in_threadpool

CLIENT, SECRET = "pagelight", "a-secret"


class Client(ClientMixin):
    """Pagelight, as the provider knows it."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return ""

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri.endswith("/sign-in/back")

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return True

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    user: dict

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return None

    def get_acr(self):
        return None

    def get_amr(self):
        return None


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

    def __post_init__(self):
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "alg": "RS256"})
        self.other = RSAKey.generate_key(2048, parameters={"kid": "one", "alg": "RS256"})


class Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code, request):
        data = request.payload.data
        self.server.provider.codes[code] = Code(
            code=code,
            redirect_uri=data["redirect_uri"],
            scope=data["scope"],
            nonce=data["nonce"],
            code_challenge=data["code_challenge"],
            code_challenge_method=data["code_challenge_method"],
            user=request.user,
        )

    def query_authorization_code(self, code, client):
        return self.server.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del self.server.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class Words(OpenIDCode):
    def __init__(self, provider):
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce, request):
        return False

    def get_client_algorithm(self, client):
        return "RS256"

    def resolve_client_private_key(self, client):
        return self.provider.other if self.provider.forged else self.provider.key

    def get_encode_header(self, client):
        return {"alg": "RS256", "kid": "one"}

    def get_client_claims(self, client):
        issuer = self.provider.issuer or self.provider.address
        return {"iss": issuer, "aud": [self.provider.audience]}

    def generate_user_info(self, user, scope):
        spoilt = {"nonce": self.provider.nonce} if self.provider.nonce else {}
        return UserInfo(**user, **spoilt)


class Server(AuthorizationServer):
    def __init__(self, provider):
        super().__init__(scopes_supported=["openid", "profile", "email"])
        self.provider = provider
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: "an-access"))
        self.register_grant(Grant, [Words(provider), CodeChallenge(required=True)])

    def query_client(self, client_id):
        return Client(client_id) if client_id == CLIENT else None

    def save_token(self, token, request):
        pass

    def send_signal(self, name, *args, **kwargs):
        pass

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        body = json.dumps(body) if isinstance(body, dict) else body
        return Response(body, status_code=status, headers=dict(headers))


class Asked(OAuth2Request):
    """A request as Authlib reads it; the provider's own address is said to be secure."""

    def __init__(self, method, headers, args, form):
        super().__init__(method, "https://provider.test/", headers=headers)
        self.payload = BasicOAuth2Payload(args | form)
        self.told = args, form

    @property
    def args(self):
        return self.told[0]

    @property
    def form(self):
        return self.told[1]


async def request_of(request: Request) -> Asked:
    form = dict(await request.form()) if request.method == "POST" else {}
    return Asked(request.method, request.headers, dict(request.query_params), form)


def app_of(provider: OpenIdProvider) -> FastAPI:
    app, server = FastAPI(), Server(provider)

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
    async def authorize(request: Request):
        asked = await request_of(request)
        grant = server.get_consent_grant(asked, end_user=provider.claims)
        return server.create_authorization_response(asked, grant_user=provider.claims, grant=grant)

    @app.post("/token")
    async def token(request: Request):
        asked = await request_of(request)
        return await run_in_threadpool(server.create_token_response, asked)

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
