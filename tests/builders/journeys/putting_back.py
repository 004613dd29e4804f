"""The chat as the next journey is to find it: each passes alone and in any order."""

from __future__ import annotations

import re
import shutil

import httpx

BACK_S = 120


def put_back(chat, files: frozenset[str]) -> None:
    """Let the chat forget what a journey said, added or chose; `files` were there before it."""
    with httpx.Client(
        base_url=chat.url, headers=chat.headers, timeout=60, trust_env=False
    ) as client:
        for talk in re.findall(
            r'class="talk" data-talk="(\w+)"', client.get("/conversations").text
        ):
            for report in client.get(f"/reports/{talk}").json():
                client.delete(f"/reports/{report}").raise_for_status()
            client.post(f"/conversations/{talk}/delete").raise_for_status()
        if chat.models.is_dir():
            client.post("/models/built-in/generator").raise_for_status()
            _wait(chat, "end of the change")
            shutil.rmtree(chat.models)
            chat.log.with_name("ws").joinpath("models.json").unlink()  # it is offered again
        added = {path.name for path in chat.corpus.iterdir()} - files
        if added:
            _take_out(chat, client, added)


def _take_out(chat, client, names: set[str]) -> None:
    """Remove files and folders, and wait until the list is without them."""
    _wait(chat, "end of reading")
    for name in names:
        path = chat.corpus / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    client.post("/action/refresh").raise_for_status()

    def is_without() -> bool:
        listed = client.get("/library").text
        return not any(name in listed for name in names)

    chat.wait(is_without, seconds=BACK_S, what=f"list without {names}")


def _wait(chat, what: str) -> None:
    chat.wait(lambda: not chat.state()["busy"], seconds=BACK_S, what=what)
