"""The house of several people, behind its door: made once for the tests of it."""

import json
import re

import pytest
from builders_people import WORD, House
from builders_probes import whole_table
from builders_ui import an_answer
from builders_users import PASSWORD
from fastapi.testclient import TestClient

from pagelight.services.answering.answer_json import cited_json
from rag.storage.conversations.exchange import Exchange


@pytest.fixture(scope="package")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()


@pytest.fixture(scope="package")
def client(house):
    # What Gradio raises for an event that it does not know is an answer here.
    server = TestClient(house.guard, base_url="http://127.0.0.1", raise_server_exceptions=False)
    with server as client:
        for name in ("ann", "bob", "cy", "dee"):
            assert client.get("/state", auth=(name, PASSWORD)).status_code == 200
        yield client


@pytest.fixture(scope="package")
def ask(client):
    """Return what a person gets from a route."""

    def asked(name, method, path, **more):
        return client.request(method, path, auth=(name, PASSWORD), **more)

    return asked


@pytest.fixture(scope="package")
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
    places = set(re.findall(r'name="source" value="(\w+)/', state["html"]))
    return {
        "doc_id": doc.id,
        "page": 1,
        "box": "0-0-5000-5000",
        "name": f"{doc.id}/1/0-0-5000-5000",
        "image_id": image.id,
        "key": places.pop() if places else key,
        "position": 0,
        "first": 0,
        "kind": "csv",
        "form": "text",
        "token": view.shares.put("c0ffee"),
        "conversation_id": "c0ffee",
        "exchange_id": "e0",
        "report_id": report_id,
        "number": 1,
        "action": "delete",
        "file_name": f"{WORD}.pdf",
    }
