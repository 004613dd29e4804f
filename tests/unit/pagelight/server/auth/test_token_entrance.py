"""A chat without accounts is its owner's alone: the token in the address, the cookie, programs."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.server.auth.entrance import TokenEntrance, with_token
from pagelight.server.middleware.asgi import Speaking
from pagelight.server.middleware.guard import Guard

HOME = "http://127.0.0.1:7860"
OURS = {"origin": HOME}
TOKEN = "kBv2-of_these-tests"  # noqa: S105 - of tests only
BEARER = {"authorization": f"Bearer {TOKEN}"}
VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "accept": "text/html"}
TALK = "/c/0123456789abcdef"


def inside():
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
    def at(path: str):
        return {"at": path}

    return app


@pytest.fixture
def browser():
    """Return what makes browsers: each keeps its cookies."""
    guard = Speaking(Guard(inside(), hosts=["127.0.0.1"], entrance=TokenEntrance(TOKEN)))
    return lambda: TestClient(guard, base_url=HOME, follow_redirects=False)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/state"),
        ("GET", TALK),
        ("GET", "/shared/abc"),
        ("GET", "/gradio_api/info"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
        ("POST", "/mcp"),
        ("PUT", "/library/files/a.txt"),
        ("POST", "/action/remove-all"),
        ("GET", "/sign-out"),
    ],
)
def test_nobody_without_the_token_reaches_anything(browser, method, path):
    wrong = {"authorization": "Bearer something-else"}

    assert browser().request(method, path).status_code == 401
    assert browser().request(method, path, headers=OURS).status_code == 401
    assert browser().request(method, path, headers=wrong).status_code == 401
    assert browser().request(method, path, params={"token": "x"}, headers=wrong).status_code == 401


def test_a_program_sends_the_token_as_a_header(browser):
    assert browser().get("/state", headers=BEARER).status_code == 200
    assert browser().post("/mcp", headers=BEARER).status_code == 200
    assert browser().get("/state", auth=("", TOKEN)).status_code == 200
    refused = browser().post("/v1/chat/completions", headers={"authorization": "Bearer none"})
    assert refused.json()["error"]["code"] == "invalid_api_key"
    assert "pagelight token" in refused.json()["error"]["message"]


def test_the_printed_address_lets_a_browser_in_and_a_cookie_keeps_it(browser):
    one = browser()
    came = one.get(with_token(HOME, TOKEN), headers=VISIT)

    rest = browser().get(f"{TALK}?from=mail&token={TOKEN}", headers=VISIT)
    assert rest.headers["location"] == f"{TALK}?from=mail"
    assert (came.status_code, came.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=lax"} <= set(came.headers["set-cookie"].split("; "))
    assert came.headers["cache-control"] == "no-store"
    assert one.get("/", headers=VISIT).status_code == 200
    assert one.post("/action/refresh", headers=OURS).status_code == 200


def test_an_address_of_an_older_token_leads_on_who_is_known_already(browser):
    one = browser()
    one.get(with_token(HOME, TOKEN))
    again = one.get("/?token=of-last-year", headers=VISIT)

    assert (again.status_code, again.headers["location"]) == (303, "/")
    assert "set-cookie" not in again.headers


def test_who_visits_without_it_is_asked_for_it_and_goes_on_where_they_wished(browser):
    one = browser()
    away = one.get(TALK, headers=VISIT)
    form = one.get(away.headers["location"], headers=VISIT)
    wrong = one.post(away.headers["location"], data={"password": "guess"}, headers=OURS)
    right = one.post(away.headers["location"], data={"password": TOKEN}, headers=OURS)

    assert away.headers["location"] == f"/sign-in?next={TALK}"
    assert form.status_code == 200
    assert re.search(r'<label for="password">Token</label>', form.text)
    assert "pagelight token" in form.text
    assert wrong.status_code == 401
    assert "does not fit" in wrong.text
    assert (right.status_code, right.headers["location"]) == (303, TALK)
    assert one.get(TALK, headers=VISIT).status_code == 200


def test_no_other_site_is_led_to_after_it_and_no_form_of_one_lets_anybody_in(browser):
    came = browser().get(f"/sign-in?next=//evil.example&token={TOKEN}", headers=VISIT)
    foreign = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}

    assert came.headers["location"] == "/"
    for headers in (foreign, {}):
        refused = browser().post("/sign-in", data={"password": TOKEN}, headers=headers)
        assert refused.status_code == 403
