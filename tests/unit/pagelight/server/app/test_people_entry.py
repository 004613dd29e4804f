"""Nobody comes in without a password, and nothing of one person stays for the next."""

import asyncio

import pytest
from builders_probes import probes
from builders_users import PASSWORD
from fastapi.testclient import TestClient

from pagelight.services.accounts.person import Person

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


PUBLIC = {"/sign-in", "/sign-out"}
"""What anybody is answered; `/api/` asks for a token of its own."""


def test_nobody_is_told_anything_without_a_password(client, house, cys):
    """Of all routes that there are: Bob has them all."""
    tried = list(probes(house, cys | {"part": "text"}, name="bob"))
    visiting = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none"}
    for _, method, path in tried:
        assert client.request(method, path).status_code == 401
        if method == "GET":
            visit = client.get(path, headers=visiting, follow_redirects=False)
            assert visit.status_code == 303
            assert visit.headers["location"].startswith("/sign-in")
    for path in ("/", "/config", "/gradio_api/info", "/api", "/models"):
        assert client.get(path).status_code == 401
    assert client.get("/api/").status_code == 404
    assert {route for route, _, _ in probes(house, cys)} < {route for route, _, _ in tried}
    assert all(client.get(path, follow_redirects=False).status_code != 401 for path in PUBLIC)


def test_what_a_browser_keeps_is_not_for_the_next_person(client, cys):
    picture = client.get(f"/page/{cys['doc_id']}/1.png", auth=("cy", PASSWORD))

    assert "authorization" in picture.headers["vary"].lower()
    assert picture.headers["cache-control"].startswith("private")


def test_guessing_is_answered_with_a_wait(house):
    client = TestClient(house.new_guard(), base_url="http://127.0.0.1")
    codes = [client.get("/state", auth=("ann", f"guess {n}")).status_code for n in range(7)]
    told = client.get("/state", auth=("ann", PASSWORD))

    assert codes == [401] * 5 + [429] * 2
    assert (told.status_code, told.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 s" in told.text


def test_an_application_that_was_given_back_leaves_nothing_running(house):
    async def live():
        before = asyncio.all_tasks()
        made = await asyncio.to_thread(house.make, Person(name="dot", collections=("open",)))
        async with made.asgi.router.lifespan_context(made.asgi):
            assert len(asyncio.all_tasks()) > len(before)
        await asyncio.to_thread(made.close)
        for _ in range(600):
            left = asyncio.all_tasks() - before
            if not left:
                break
            await asyncio.sleep(0.01)
        return left

    assert asyncio.run(live()) == set()
