"""Over the front door: who comes in, how much each may ask and send, what programs find."""

import asyncio
import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest
from builders_people import WORD
from builders_probes import BODIES, probes
from builders_users import HASH, PASSWORD, a_user
from fastapi.testclient import TestClient

from pagelight.server.middleware.asgi import SAFE
from pagelight.server.middleware.audit_log import change_of
from pagelight.services.accounts.person import Person, User
from pagelight.services.accounts.users import read_book, write_users

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

NO_CHANGE = re.compile(
    r"/scope|/tabs/.*|/table(/.*)?|/suggestions(/.*)?"
    r"|/library/arrived|/gradio_api/(?!upload$).*|/v1/.*|/mcp(/.*)?"
    r"|/api/(?:ask|search|documents|page|reports|table|audit)"
)
"""What changes nothing: questions, and what is looked for."""

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


def test_every_request_that_may_change_something_has_its_line_or_a_reason(house, cys):
    """So that no route is forgotten: Bob has them all. To Gradio's `/login` its door is shut."""
    forgotten = [
        (method, path)
        for _, method, path in probes(house, cys | {"part": "text"}, name="bob")
        if method not in SAFE
        and bool(change_of(method, path)) == bool(NO_CHANGE.fullmatch(path))
        and path.rstrip("/") not in {"/action/delete", "/library/delete", "/login"}
    ]

    assert forgotten == []
    for action in ("refresh", "remove-all", "pause", "continue", "cancel"):
        assert change_of("POST", f"/action/{action}")
    assert change_of("POST", "/library/again")
    assert change_of("POST", "/library/remove")


def test_what_was_changed_is_written_down_with_who_what_and_from_where(house, ask):
    ask("bob", "POST", "/library/remove", json={"source": "left.pdf"})
    ask("dee", "PUT", "/library/files/lines.txt?into=open", content=b"Snow")
    ask("dee", "PUT", "/library/files/lines.txt?into=secret", content=b"Snow")  # refused
    lines = house.index.audit.last(2)

    assert [(line.who, line.what, line.about) for line in lines] == [
        ("dee", "added a file", "open/lines.txt"),
        ("bob", "removed a document", "left.pdf"),
    ]
    assert {line.address for line in lines} == {"testclient"}


def test_who_has_asked_and_sent_enough_is_told_kindly_at_every_door(house, client):
    path = Path(house.settings.users)
    users = read_book(path).users
    limited = replace(
        a_user("eve", "open", role="adds").person, questions_an_hour=1, uploads_mb_a_day=1
    )
    write_users(path, users | {"eve": User(person=limited, password=HASH)})
    told = "You have asked as much as you may for now: 1 an hour. Ask again in 60 min"
    auth = ("eve", PASSWORD)
    body = BODIES["/v1/chat/completions"]
    first = client.post("/v1/chat/completions", json=body, auth=auth)
    second = client.post("/v1/chat/completions", json=body, auth=auth)

    assert (first.status_code, second.status_code) == (200, 429)
    assert told in second.json()["error"]["message"]
    assert told in client.post("/table", json={"questions": "How deep?"}, auth=auth).text
    data = b"x" * 900_000
    assert client.put("/library/files/a.txt?into=open", content=data, auth=auth).is_success
    refused = client.put("/library/files/b.txt?into=open", content=data, auth=auth)
    assert "as much as you may for now: 1 MB a day. Send it in 24 h" in refused.text
    untold = client.put("/library/files/c.txt?into=open", content=iter([data]), auth=auth)
    assert "larger than the 1 MB" in untold.text
    upload = client.post("/gradio_api/upload", files={"files": ("a.txt", data)}, auth=auth)
    assert upload.status_code == 429
    picture = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    shown = [{"type": "image_url", "image_url": {"url": picture}}]
    body = {"model": "pagelight", "messages": [{"role": "user", "content": shown}]}
    asked = client.post("/v1/chat/completions", json=body, auth=auth)
    assert "1 MB a day" in asked.json()["error"]["message"]


def test_what_a_program_asks_is_answered_from_what_its_person_sees(client):
    question = {"role": "user", "content": f"How deep is {WORD}?"}
    body = {"model": "pagelight", "messages": [question]}
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": question["content"]}},
    }
    mcp = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}

    def told(name):
        key = {"authorization": f"Bearer {name}:{PASSWORD}"}
        answer = client.post("/v1/chat/completions", json=body, headers=key)
        tools = client.post("/mcp", json=call, headers=key | mcp)
        assert (answer.status_code, tools.status_code) == (200, 200)
        return answer.json()["choices"][0]["message"]["content"].lower(), tools.text.lower()

    assert all(WORD in text for text in told("cy"))
    assert not any(f"{WORD} " in text for text in told("ann"))


def called(client, name, endpoint, *arguments):
    """Call an endpoint of Gradio's API, and return the id of the event and what it told."""
    auth = (name, PASSWORD)
    begun = client.post(f"/gradio_api/call/{endpoint}", json={"data": [*arguments]}, auth=auth)
    event = begun.json()["event_id"]
    return event, client.get(f"/gradio_api/call/{endpoint}/{event}", auth=auth).text


@pytest.mark.parametrize(
    ("endpoint", "arguments"),
    [("ask", ("How deep is the snow?", "", [], "", "", [])), ("search", ("snow", 10, "", "", ""))],
)
def test_programs_find_what_their_person_sees(client, endpoint, arguments):
    event, told = called(client, "ann", endpoint, *arguments)
    _, scoped = called(client, "ann", "search", "snow", 10, "secret/*", "", "")

    assert WORD not in scoped  # a scope widens nothing
    assert "open/" not in scoped
    assert "open/report.pdf" in told
    assert WORD not in told
    assert f"secret/{WORD}.pdf" in called(client, "cy", endpoint, *arguments)[1]
    assert "open/report.pdf" not in called(client, "cy", endpoint, *arguments)[1]
    stolen = client.get(f"/gradio_api/call/{endpoint}/{event}", auth=("cy", PASSWORD))
    assert "open/report.pdf" not in stolen.text


def test_an_answer_that_nobody_reads_on_keeps_no_turn_of_others(client, house):
    """More of them than are answered at once: the next one is answered all the same."""
    body = {"data": ["How deep is the snow?", "", [], "", "", []]}
    for _ in range(house.settings.questions_at_once + 1):
        told = client.post("/gradio_api/run/ask", json=body, auth=("ann", PASSWORD))
        assert "open/report.pdf" in told.text

    assert "open/report.pdf" in called(client, "ann", "ask", *body["data"])[1]
