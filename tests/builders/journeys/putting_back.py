"""The chat as the next journey is to find it: each passes alone and in any order."""

from __future__ import annotations

import re
import shutil

import httpx

WRITER = "generator"
"""The part whose models journeys bring."""

BACK_S = 120


def put_back(chat, files: frozenset[str]) -> None:
    """Let the chat forget what a journey said, added or chose; `files` were there before it."""
    with httpx.Client(
        base_url=chat.url, headers=chat.headers, timeout=60, trust_env=False
    ) as client:
        _forget_what_was_said(client)
        if chat.models.is_dir():
            _forget_models(chat)
        for name in {path.name for path in chat.corpus.iterdir()} - files:
            _take_out(chat, client, name)


def _forget_what_was_said(client) -> None:
    for talk in re.findall(r'class="talk" data-talk="(\w+)"', client.get("/conversations").text):
        client.post(f"/conversations/{talk}/delete").raise_for_status()
    for report in re.findall(r'data-report="(\w+)"', client.get("/reports").text):
        client.delete(f"/reports/{report}").raise_for_status()


def use_the_built_in(chat) -> None:
    """Let documents be quoted again, in place of a model that writes."""
    url = f"{chat.url}/models/built-in/{WRITER}"
    httpx.post(url, headers=chat.headers, timeout=60, trust_env=False).raise_for_status()
    chat.wait(lambda: not chat.state()["busy"], seconds=BACK_S, what="end of the change")


def _forget_models(chat) -> None:
    use_the_built_in(chat)
    shutil.rmtree(chat.models)
    chat.log.with_name("ws").joinpath("models.json").unlink()  # what was chosen is offered again


def _take_out(chat, client, name) -> None:
    """Remove a file or folder; a file that was left out is known again first: no trace stays."""
    chat.wait(lambda: not chat.state()["busy"], seconds=BACK_S, what="end of reading")
    path = chat.corpus / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        client.post("/library/again", json={"source": name}).raise_for_status()
        chat.wait(lambda: not chat.state()["busy"], seconds=BACK_S, what="end of reading")
        path.unlink()
    client.post("/action/refresh").raise_for_status()
    chat.wait(
        lambda: name not in client.get("/library").text, seconds=BACK_S, what=f"list without {name}"
    )
