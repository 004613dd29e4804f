"""Behind a proxy that ends TLS: what it tells is believed, what anybody else tells is not."""

import pytest
from builders_entrance import Hall
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from pagelight.server.middleware.asgi import Forwarded, networks_of
from pagelight.server.middleware.guard import Guard
from rag.errors import SettingsError
from rag.settings import Settings

PROXY, STRANGER = "10.1.2.3", "192.0.2.7"
TOLD = {
    "X-Forwarded-Host": "chat.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": STRANGER,
}
PASSWORD = "snow"  # noqa: S105 - of this test only


@pytest.fixture
def seen():
    """What reaches the application: a request as its routes see it."""
    app = FastAPI()

    @app.post("/seen")
    def seen(request: Request):
        return {
            "url": str(request.url),
            "from": request.client.host,
            "told": [name for name in request.headers if "forwarded" in name],
        }

    return app


@pytest.fixture
def ask(seen, tmp_path):
    hall = Hall(tmp_path, Settings(password=PASSWORD))
    guard = Guard(seen, hosts=["127.0.0.1"], entrance=hall.entrance)
    app = Forwarded(guard, networks_of("10.0.0.0/8, ::1"))

    def asked(headers, *, peer=PROXY):
        client = TestClient(app, base_url="http://127.0.0.1:7860", client=(peer, 5000))
        return client.post("/seen", headers=headers, auth=("me", PASSWORD))

    yield asked
    hall.ledger.close()


def test_a_page_behind_a_proxy_that_ends_tls_may_post(ask):
    told = ask(TOLD | {"Origin": "https://chat.example"})

    assert told.json() == {"url": "https://chat.example/seen", "from": STRANGER, "told": []}


@pytest.mark.parametrize(
    "headers",
    [
        TOLD | {"X-Forwarded-Host": "chat.example:443"},
        TOLD | {"X-Forwarded-Host": "made-up.example, chat.example"},
        TOLD | {"X-Forwarded-Host": "CHAT.example"},
        {"Host": "chat.example"},
    ],
)
def test_the_host_is_read_as_proxies_write_it_or_keep_it(ask, headers):
    headers = headers | {"Origin": "https://chat.example"}

    assert ask(headers).status_code == 200
    assert ask(headers, peer=STRANGER).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"X-Forwarded-Host": "chat.example, evil.example", "Origin": "https://chat.example"},
        {"X-Forwarded-Host": "", "Origin": "https://chat.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_sites_stay_outside_behind_a_proxy_too(ask, headers):
    assert ask(TOLD | headers).status_code == 403


def test_what_others_tell_is_taken_away_and_a_scheme_that_is_none(ask):
    assert ask(TOLD | {"X-Forwarded-Proto": "javascript"}).json()["url"].startswith("http://chat")
    told = ask(TOLD | {"Forwarded": "for=1.1.1.1"}, peer=STRANGER).json()

    assert told == {"url": "http://127.0.0.1:7860/seen", "from": STRANGER, "told": []}


@pytest.mark.parametrize(
    ("told", "client"),
    [
        (f"1.1.1.1, {STRANGER}", STRANGER),
        (f"1.1.1.1, {STRANGER}, 10.9.9.9", STRANGER),
        (f"{STRANGER}:4711", STRANGER),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7, ::1, ::ffff:10.0.0.1", "2001:db8::7"),
        ("10.9.9.9", "10.9.9.9"),
        ("", PROXY),
    ],
)
def test_who_asks_is_the_last_that_is_no_proxy(ask, told, client):
    assert ask(TOLD | {"X-Forwarded-For": told}).json()["from"] == client


@pytest.mark.parametrize("setting", ["proxy.example", "10.0.0.1/8", "10.0.0.0/8;::1"])
def test_what_is_no_address_is_refused_at_the_start(setting):
    with pytest.raises(SettingsError, match="RAG_TRUSTED_PROXIES"):
        networks_of(setting)
