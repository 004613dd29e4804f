"""Several people over the front door: what a stranger to a document tries, on every route.

Ann may see `open/`, Cy `secret/`, Bob everything, and administers; Dee adds to `open/`. What is
Cy's holds a word that must never reach Ann.
"""

import json
import re

import pytest
from builders_people import EMBEDDER, WORD
from builders_probes import BODIES, api_routes, probes, whole_table
from builders_table import asker
from builders_ui import an_answer
from starlette.routing import Mount

from pagelight.server.app.application import SESSIONS_OF_A_PERSON
from pagelight.server.middleware.gradio_guard import READABLE, SENDABLE
from pagelight.services.answering.answer_json import cited_json
from rag.storage.conversations.exchange import Exchange
from rag.summarization.collection import ListedDocument
from rag.understanding.question.question import understand

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


def test_no_route_tells_a_stranger_anything(house, ask, cys):
    tried = []
    for route, method, path in probes(house, cys):
        response = ask("ann", method, path, json=BODIES.get(route))
        named = {"doc_id", "name", "image_id", "conversation_id"} & set(re.findall(r"\w+", route))
        tried.append(route)
        assert response.status_code < 500, (method, path)
        assert WORD not in response.text.lower(), (method, path)
        assert response.status_code != 200 or not named or response.text in ("{}", "[]"), (
            method,
            path,
        )
        assert not response.content.startswith(b"\x89PNG"), (method, path)

    assert len(tried) > 20
    assert {"/source/{key}/{position}", "/asset/{image_id}", "/library"} <= set(tried)
    assert {"/gradio_api/file={path_or_url:path}", "/gradio_api/queue/join"} <= set(tried)
    kept = house.index.seen_by(owner="cy", collections=("secret",)).conversations
    assert kept.get("c0ffee")
    assert kept.scope("c0ffee") == ()
    assert [report.right for report in house.index.reports.all()] == [""]


@pytest.mark.usefixtures("client")
def test_of_gradio_only_what_is_named_here_is_reached(house):
    """So that what a new version of Gradio adds stays shut until somebody has looked at it."""
    assert house.applications["ann"].chat.state_session_capacity == SESSIONS_OF_A_PERSON
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
        *("/config", "/favicon.ico", "/manifest.json", "/robots.txt", "/theme.css"),
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

    picture = ask("cy", "GET", f"/page/{doc_id}/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert "authorization" in picture.headers["vary"].lower()  # not for the next person
    assert picture.headers["cache-control"].startswith("private")
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
    ):
        assert WORD in ask("cy", "GET", path).text, path
    assert cys["report_id"] in ask("cy", "GET", "/reports/c0ffee").json()


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

    for path in ("/reports/deadbeef", "/conversations/deadbeef.json"):
        assert WORD not in ask("ann", "GET", path).text.lower(), path
    found = {
        words: "deadbeef" in ask("ann", "GET", f"/conversations?words={words}").text
        for words in ("snow", WORD)
    }
    assert found == {"snow": True, WORD: False}
    then.conversations.delete("deadbeef")


def test_everybody_sees_their_own_and_who_sees_everything_both(ask):
    shown = {name: ask(name, "GET", "/library").text for name in ("ann", "bob", "cy")}

    assert ("open/" in shown["ann"], WORD in shown["ann"]) == (True, False)
    assert ("open/" in shown["cy"], WORD in shown["cy"]) == (False, True)
    assert ("open/" in shown["bob"], WORD in shown["bob"]) == (True, True)
    assert "broken" in shown["bob"]
    assert "left" in shown["bob"]


def test_a_table_asks_only_what_its_person_sees_and_keeps_the_cells_of_others(house, ask, cys):
    key = ask("ann", "POST", "/table", json={"questions": "How deep?"}).json()["key"]
    state = whole_table(ask, "ann", key)

    assert re.findall(r'data-page="1">([^<]*)', state["html"]) == ["open/report.pdf"]
    assert WORD not in json.dumps(state)
    assert ask("cy", "GET", f"/table/{key}").status_code == 404
    again = asker(house.index, EMBEDDER, threshold=0.0, searched=(searched := []))
    row = ListedDocument(doc_id=cys["doc_id"], source="")
    assert len(list(again.cells([understand("How deep?")], [row]))) == 1
    assert searched == []
