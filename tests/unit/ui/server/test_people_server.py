"""Several people over the front door: what a stranger to a document tries, on every route.

Ann may see `open/`, Cy `secret/`, Bob everything. What is Cy's holds a word that must never reach
Ann.
"""

import asyncio
import io
import json
import re
import zipfile

import pytest
from builders_people import EMBEDDER, WORD, House
from builders_table import asker
from builders_ui import an_answer, wait
from builders_users import PASSWORD
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route

from rag.answer.compose.render_json import cited_json
from rag.answer.library.collection import ListedDocument
from rag.answer.question.question import understand
from rag.index.conversations.conversations import Exchange
from service.people.users import Person
from ui.http.chat_door import READABLE, SENDABLE
from ui.http.door import door_of
from ui.http.guard import Guard

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()


@pytest.fixture(scope="module")
def client(house):
    # What Gradio raises for an event that it does not know is an answer here.
    server = TestClient(house.guard, base_url="http://127.0.0.1", raise_server_exceptions=False)
    with server as client:
        for name in ("ann", "bob", "cy"):
            assert client.get("/state", auth=(name, PASSWORD)).status_code == 200
        yield client


@pytest.fixture(scope="module")
def ask(client):
    """Return what a person gets from a route."""

    def asked(name, method, path, **more):
        return client.request(method, path, auth=(name, PASSWORD), **more)

    return asked


def whole_table(ask, name, key):
    """Return what a person's table tells when every document was asked."""
    told = {}

    def over():
        told.update(ask(name, "GET", f"/table/{key}").json())
        return told["over"]

    wait(over)
    return told


@pytest.fixture(scope="module")
def cys(house, ask):
    """Return the names of everything that is Cy's, by the parameters of routes."""
    doc, chunk, image = house.secret
    view = house.index.seen_by(owner="cy", collections=("secret",))
    answer = an_answer(f"{WORD} lay deep. [1]", chunk)
    exchange = Exchange(id="e0", question=f"How deep is {WORD}?", answer=answer)
    view.conversations.put("c0ffee", exchange)
    report_id = view.reports.put("c0ffee", "e0", [exchange], cited=cited_json)
    key = ask("cy", "POST", "/table", json={"questions": "How deep?"}).json()["key"]
    state = whole_table(ask, "cy", key)
    assert WORD in json.dumps(state)
    places = {cell["key"] for row in state["rows"] for cell in row["cells"]} - {""}
    return {
        "doc_id": doc.id,
        "page": 1,
        "box": "0-0-5000-5000",
        "name": f"{doc.id}/1/0-0-5000-5000",
        "image_id": image.id,
        "key": places.pop() if places else key,
        "position": 0,
        "kind": "csv",
        "form": "text",
        "token": view.shares.put("c0ffee"),
        "conversation_id": "c0ffee",
        "exchange_id": "e0",
        "report_id": report_id,
        "action": "delete",
        "file_name": f"{WORD}.pdf",
    }


BODIES = {
    "/v1/chat/completions": {
        "model": "pagelight",
        "messages": [{"role": "user", "content": "How deep is it?"}],
    },
    "/table": {"questions": "How deep?", "scope": ""},
    "/scope": {"words": "", "chosen": ""},
    "/conversations/{conversation_id}/name": {"name": "mine"},
    "/scope/of/{conversation_id}": ["in:open/report.pdf"],
    "/reports/{report_id}": {"right": "nothing", "absent": True},
}


GRADIO = {
    "path": "js/none.js",
    "path_or_url": "/etc/passwd",
    "url_path": "http://example.com",
    "id": "0",
    "environment": "client",
    "type": "component",
    "event_id": "0",
    "session_hash": "0",
    "run": "0",
    "component_id": 1,
    "segment_id": "0",
    "ext": "ts",
    "api_name": "none",
    "size": 8,
    "model": "gpt",
}
"""What is tried for the parameters of Gradio's routes."""

STREAMS = {"/gradio_api/heartbeat/{session_hash}", "/events"}
"""They answer for as long as somebody listens."""


def api_routes(routes):
    """Yield our own routes, those of included routers, and Gradio's, which are mounted beside."""
    for route in routes:
        if isinstance(route, Mount):
            yield from api_routes(route.app.app.routes)
        elif isinstance(route, Route):
            yield route
        else:
            yield from api_routes(route.original_router.routes)


def probes(house, values):
    """Yield a request to every route of Ann's application, by the names of what is Cy's."""
    values = GRADIO | values
    for route in api_routes(house.applications["ann"].asgi.routes):
        unknown = set(re.findall(r"\{(\w+)", route.path)) - set(values)
        assert not unknown, f"{route.path}: say above what a stranger would try for {unknown}"
        path = re.sub(r"\{(\w+)[^}]*\}", lambda found: str(values[found[1]]), route.path)
        for method in sorted(route.methods - ({"GET", "HEAD"} if route.path in STREAMS else set())):
            yield route.path, method, path


def test_no_route_tells_a_stranger_anything(house, ask, cys):
    tried = []
    for route, method, path in probes(house, cys):
        response = ask("ann", method, path, json=BODIES.get(route))
        named = {"doc_id", "name", "image_id", "conversation_id"} & set(re.findall(r"\w+", route))
        tried.append(route)
        assert response.status_code < 500, (method, path)
        assert WORD not in response.text.lower(), (method, path)
        assert response.status_code != 200 or not named or response.text == "{}", (method, path)
        assert not response.content.startswith(b"\x89PNG"), (method, path)

    assert len(tried) > 20
    assert {"/source/{key}/{position}", "/asset/{image_id}", "/scope/names"} <= set(tried)
    assert {"/gradio_api/file={path_or_url:path}", "/gradio_api/queue/join"} <= set(tried)
    kept = house.index.seen_by(owner="cy", collections=("secret",)).conversations
    assert kept.get("c0ffee")
    assert kept.scope("c0ffee") == ()
    assert [report.right for report in house.index.reports.all()] == [""]


@pytest.mark.usefixtures("client")
def test_of_gradio_only_what_is_named_here_is_reached(house):
    """So that what a new version of Gradio adds stays shut until somebody has looked at it."""
    (mount,) = (r for r in house.applications["ann"].asgi.routes if isinstance(r, Mount))
    routes = list(api_routes(mount.app.app.routes))
    allowed = {"GET": READABLE, "POST": SENDABLE}
    paths = {
        route.path.rstrip("/")
        for route in routes
        for method in route.methods & {*allowed}
        if allowed[method].fullmatch(re.sub(r"\{[^}]*\}", "x", route.path))
    }
    api = {name.removeprefix("/gradio_api/") for name in paths if "gradio_api" in name}

    assert len(routes) > 50
    assert paths - {f"/gradio_api/{name}" for name in api} == {
        *("", "/config", "/favicon.ico", "/manifest.json", "/robots.txt", "/theme.css"),
        *("/assets/{path:path}", "/static/{path:path}", "/svelte/{path:path}"),
    }
    assert api == {
        *("app_id", "cancel", "info", "reset", "theme.css", "upload_progress"),
        *("queue/join", "queue/data", "queue/status", "heartbeat/{session_hash}"),
        *("call/{api_name}", "call/{api_name}/{event_id}", "run/{api_name}"),
        "file={path_or_url:path}",
    }


def test_nobody_gets_or_asks_with_the_upload_of_another(ask):
    picture = {"files": ("snow.png", b"\x89PNG snow", "image/png")}
    (path,) = ask("cy", "POST", "/gradio_api/upload", files=picture).json()
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = {"data": [{"text": "?", "files": [file]}], "fn_index": 0, "session_hash": "abc"}

    assert ask("cy", "GET", f"/gradio_api/file={path}").status_code == 200
    assert ask("ann", "GET", f"/gradio_api/file={path}").status_code == 403
    assert ask("ann", "POST", "/gradio_api/queue/join", json=body).status_code == 400


def test_the_same_requests_show_their_owner_what_they_hold(ask, cys):
    """So a probe that finds nothing finds it because of who asks."""
    doc_id, image = cys["doc_id"], cys["image_id"]

    assert ask("cy", "GET", f"/page/{doc_id}/1.png").content.startswith(b"\x89PNG")
    assert ask("cy", "GET", f"/crop/{doc_id}/1/{cys['box']}.png").status_code == 200
    assert ask("cy", "GET", f"/asset/{image}").status_code == 200
    for path in (
        f"/document/{doc_id}/1",
        f"/region/{cys['name']}",
        f"/source/{cys['key']}/0",
        "/conversations",
        "/conversations/c0ffee.json",
        "/library",
        "/state",
        "/scope/names",
    ):
        assert WORD in ask("cy", "GET", path).text, path
    assert cys["report_id"] in ask("cy", "GET", "/reports/c0ffee").json()


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


def test_who_listens_is_told_of_their_own_alone(ask, cys):
    path = "/events/now?since=0"

    assert cys["conversation_id"] in ask("cy", "GET", path).json()["talks"]
    assert cys["conversation_id"] not in ask("ann", "GET", path).text
    assert cys["conversation_id"] not in ask("bob", "GET", path).text


def test_what_was_taken_away_reaches_a_person_by_no_report_and_no_search(house, ask):
    """Ann asked when she saw all: her answer is kept, and withheld by now."""
    _, chunk, _ = house.secret
    then = house.index.seen_by(owner="ann", collections=("open", "secret"))
    answer = an_answer(f"{WORD} lay deep. [1]", chunk)
    exchanges = [Exchange(id="e0", question="How much snow?", answer=answer)]
    then.conversations.put("deadbeef", exchanges[0])
    then.reports.put("deadbeef", "e0", exchanges, cited=cited_json)
    packed = ask("ann", "GET", "/reports/export/questions.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        exported = archive.read("reported.jsonl").decode()

    assert "How much snow?" in exported
    assert WORD not in exported
    for path in ("/reports", "/reports/deadbeef", "/conversations/deadbeef.json"):
        assert WORD not in ask("ann", "GET", path).text.lower(), path
    found = {
        words: "deadbeef" in ask("ann", "GET", f"/conversations?words={words}").text
        for words in ("snow", WORD)
    }
    assert found == {"snow": True, WORD: False}
    then.conversations.delete("deadbeef")


def test_what_is_hidden_answers_as_what_does_not_exist(ask, cys):
    nothing = "0" * 64
    for path in ("/document/{}/1", "/page/{}/1.png", "/asset/{}", "/region/{}/1/0-0-50-50"):
        there = cys["image_id"] if "asset" in path else cys["doc_id"]
        hidden = ask("ann", "GET", path.format(there))
        missing = ask("ann", "GET", path.format(nothing))

        assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text)
        assert hidden.status_code == 404


def test_everybody_sees_their_own_and_who_sees_everything_both(ask):
    shown = {name: ask(name, "GET", "/library").text for name in ("ann", "bob", "cy")}

    assert ("open/" in shown["ann"], WORD in shown["ann"]) == (True, False)
    assert ("open/" in shown["cy"], WORD in shown["cy"]) == (False, True)
    assert ("open/" in shown["bob"], WORD in shown["bob"]) == (True, True)
    assert "broken" in shown["bob"]
    assert "left" in shown["bob"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/action/refresh"),
        ("POST", "/action/cancel"),
        ("POST", "/library/remove"),
        ("POST", "/library/again"),
        ("PUT", "/library/files/new.txt"),
        ("GET", "/models"),
        ("POST", "/models/fetch/all"),
        ("POST", "/models/stop"),
        ("POST", "/models/use/qwen3-vl-2b"),
        ("POST", "/models/built-in/text"),
        ("POST", "/models/stay/text"),
    ],
)
def test_only_who_sees_everything_changes_anything(house, ask, method, path):
    before = (house.index.fingerprint(), sorted(house.index.root.rglob("*")))
    response = ask("ann", method, path, json={"source": "open/report.pdf"})

    assert response.status_code in (404, 405)
    assert before == (house.index.fingerprint(), sorted(house.index.root.rglob("*")))


def test_who_sees_everything_manages(ask):
    assert ask("bob", "POST", "/action/refresh").status_code == 204
    assert ask("bob", "GET", "/models").status_code == 200


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


def test_a_scope_widens_nothing(client):
    _, told = called(client, "ann", "search", "snow", 10, "secret/*", "", "")

    assert WORD not in told
    assert "open/" not in told


def test_a_table_asks_only_what_its_person_sees_and_keeps_the_cells_of_others(house, ask, cys):
    key = ask("ann", "POST", "/table", json={"questions": "How deep?"}).json()["key"]
    state = whole_table(ask, "ann", key)

    assert [row["source"] for row in state["rows"]] == ["open/report.pdf"]
    assert WORD not in json.dumps(state)
    assert ask("cy", "GET", f"/table/{key}").status_code == 404
    again = asker(house.index, EMBEDDER, threshold=0.0, searched=(searched := []))
    row = ListedDocument(doc_id=cys["doc_id"], source="")
    assert len(list(again.cells([understand("How deep?")], [row]))) == 1
    assert searched == []


def test_the_page_names_its_person_and_holds_no_question_about_the_rest(client):
    page = client.get("/config", auth=("ann", PASSWORD)).text

    assert ">ann<" in page
    assert "/sign-out/ann" in page
    assert WORD not in page
    assert f"What is {WORD}?" in client.get("/config", auth=("bob", PASSWORD)).text


def test_nobody_is_told_anything_without_a_password(client, house, cys):
    for _, method, path in probes(house, cys):
        assert client.request(method, path).status_code == 401
    for path in ("/", "/config", "/gradio_api/info", "/api", "/models"):
        assert client.get(path).status_code == 401
    assert client.get("/api/").status_code == 404


def test_who_signs_out_is_asked_again_and_somebody_else_comes_in(client):
    out = client.get("/sign-out/ann", auth=("ann", PASSWORD))
    other = client.get("/sign-out/ann", auth=("bob", PASSWORD), follow_redirects=False)

    assert out.status_code == 401
    assert "www-authenticate" in out.headers
    assert (other.status_code, other.headers["location"]) == (303, "/")


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


def test_what_a_browser_keeps_is_not_for_the_next_person(client, cys):
    picture = client.get(f"/page/{cys['doc_id']}/1.png", auth=("cy", PASSWORD))

    assert "authorization" in picture.headers["vary"].lower()
    assert picture.headers["cache-control"].startswith("private")


def test_guessing_is_answered_with_a_wait(house):
    guard = Guard(house.people, hosts=None, door=door_of(house.settings))
    client = TestClient(guard, base_url="http://127.0.0.1")
    codes = [client.get("/state", auth=("ann", f"guess {n}")).status_code for n in range(7)]
    told = client.get("/state", auth=("ann", PASSWORD))

    assert codes == [401] * 5 + [429] * 2
    assert (told.status_code, told.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 s" in told.text
