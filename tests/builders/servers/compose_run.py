"""The processes of the compose files, without containers, with paths and ports of this machine."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml
from program import ROOT
from server_run import free_port

SERVERS = ("one", "two")
PASSWORD = "one of our own"  # noqa: S105 - of these tests
SOON_S = 180


def read_compose(name):
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


class Machine:
    """The processes: each as its service says, with paths and ports of this machine.

    `variables` are those of the environment that stand for what a person says, or for other hosts.
    """

    def __init__(self, room: Path, services, **variables) -> None:
        self.room = room
        self.services = services
        self.variables = {"RAG_PASSWORD": PASSWORD, "RAG_OCR": "0", **variables}
        self.documents = room / "documents"
        self.documents.mkdir()
        self.ports = {"8000": free_port(), "7861": free_port(), "7862": free_port()}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def here(self, name: str, word: str) -> str:
        """Return a word of a service as it is on this machine: each volume is a folder."""
        volumes = (each.rsplit(":", 1) for each in self.services[name].get("volumes", ()))
        places = {path: source for source, path in volumes if "$" not in source}
        if word.startswith("/") and "//" not in word:
            return str(self.room / places.get(word, word[1:]))
        word = word.replace("chroma:", "127.0.0.1:").replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - away with it
        return re.sub(r"\d{4}", lambda port: str(self.ports.get(port[0], port[0])), word)

    def start(self, name: str) -> None:
        told = self.services[name].get("environment", {})
        own = {key: self.here(name, value) for key, value in told.items() if "$" not in value}
        program, *words = self.services[name]["command"]
        with (self.room / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [
                    Path(sys.executable).with_name(program),
                    *(self.here(name, word) for word in words),
                ],
                stdout=log,
                stderr=log,
                env={**os.environ, **own, **self.variables},
            )

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[self.services[name]['command'][-1]]}"

    def ask(self, name: str, question: str) -> str:
        body = {"model": "pagelight", "messages": [{"role": "user", "content": question}]}
        answer = httpx.post(
            f"{self.url(name)}/v1/chat/completions",
            json=body,
            headers={"Authorization": f"Bearer {PASSWORD}"},
            timeout=SOON_S,
            trust_env=False,
        )
        return (
            answer.json()["choices"][0]["message"]["content"] if answer.is_success else answer.text
        )

    def until(self, name: str, question: str, said: str) -> None:
        """Ask until the answer says it; fail with what the programs told."""
        deadline, answer = time.monotonic() + SOON_S, ""
        while said not in answer:
            logs = {log.name: log.read_text("utf-8")[-2000:] for log in self.room.glob("*.log")}
            assert time.monotonic() < deadline, (answer, logs)
            time.sleep(0.5)
            try:
                answer = self.ask(name, question)
            except httpx.TransportError as error:
                answer = str(error)

    def until_logged(self, name: str, said: str) -> None:
        deadline = time.monotonic() + SOON_S
        while said not in (told := (self.room / f"{name}.log").read_text("utf-8")):
            assert time.monotonic() < deadline, told
            time.sleep(0.2)

    def end(self) -> None:
        for name in list(self._running):
            self.kill(name)


@contextmanager
def processes(folder, name, **variables):
    """Lend the processes of a file, none of which runs yet."""
    machine = Machine(folder, read_compose(name)["services"], **variables)
    try:
        yield machine
    finally:
        machine.end()
