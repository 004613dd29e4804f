"""The processes of compose.yaml, without containers: both servers answer, one goes on alone."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml
from program import NOTE, ROOT
from server_run import free_port

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
SERVERS = ("one", "two")
PASSWORD = "one of our own"  # noqa: S105 - of this test
SOON_S = 180

pytestmark = pytest.mark.timeout(600)


class Machine:
    """The processes: each as its service says, with paths and ports of this machine."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.documents = room / "documents"
        self.documents.mkdir()
        self.ports = {"8000": free_port(), "7861": free_port(), "7862": free_port()}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def here(self, word: str) -> str:
        """Return a word of the file as it is on this machine."""
        if word.startswith("/") and "//" not in word:
            return str(self.room / word[1:])
        word = word.replace("chroma:", "127.0.0.1:").replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - away with it
        return re.sub(r"\d{4}", lambda port: str(self.ports.get(port[0], port[0])), word)

    def start(self, name: str) -> None:
        told = SERVICES[name].get("environment", {})
        own = {key: self.here(value) for key, value in told.items() if "$" not in value}
        program, *words = SERVICES[name]["command"]
        with (self.room / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [Path(sys.executable).with_name(program), *map(self.here, words)],
                stdout=log,
                stderr=log,
                env={**os.environ, "RAG_OCR": "0", "RAG_PASSWORD": PASSWORD, **own},
            )

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[SERVICES[name]['command'][-1]]}"

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

    def end(self) -> None:
        for name in list(self._running):
            self.kill(name)


@pytest.fixture
def machine(tmp_path):
    machine = Machine(tmp_path)
    yield machine
    machine.end()


def test_two_servers_over_a_chroma_server_answer_and_one_goes_on_alone(machine):
    (machine.documents / "snow.txt").write_text(NOTE)
    for name in ("chroma", *SERVERS):
        machine.start(name)
    for name in SERVERS:
        machine.until(name, "How deep was the snow at Kestrel Pass?", "317 cm")

    machine.kill("one")  # it may have owned the workspace: then the other takes over
    (machine.documents / "hut.txt").write_text("The Upper Hut has 24 beds.")

    machine.until("two", "How many beds has the Upper Hut?", "24")
    machine.until("two", "How deep was the snow at Kestrel Pass?", "317 cm")


def test_what_it_names_is_there():
    volumes = {each.split(":")[0] for one in SERVICES.values() for each in one.get("volumes", ())}
    named = {each for each in volumes if re.fullmatch("[a-z]+", each)}
    waited = {each for one in SERVICES.values() for each in one.get("depends_on", ())}

    assert named == set(COMPOSE["volumes"])
    assert waited <= set(SERVICES)
    for port in (SERVICES[name]["command"][-1] for name in SERVERS):
        assert f"server 127.0.0.1:{port}" in COMPOSE["configs"]["nginx"]["content"]


def test_its_proxy_is_the_one_that_is_explained():
    explained = (ROOT / "docs" / "scale.md").read_text("utf-8")
    lines = COMPOSE["configs"]["nginx"]["content"].replace("$$", "$").splitlines()

    missing = [line for line in lines if line.strip() and line.strip() not in explained]
    assert missing == ["    listen 8080;"]
