"""Over the front door: each change has its line, and nobody has more than their share."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from builders_probes import BODIES, probes
from builders_users import HASH, PASSWORD, a_user

from pagelight.server.middleware.asgi import SAFE
from pagelight.server.middleware.audit_log import NO_CHANGE, change_of
from pagelight.services.accounts.person import User
from pagelight.services.accounts.users import read_users, write_users

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


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
    users = read_users(path)
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
