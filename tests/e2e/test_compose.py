"""The processes of the compose files, without containers: both answer, one goes on alone."""

import os
import re
import socket
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from program import NOTE, ROOT
from server_run import free_port

FILES = ("compose.yaml", "compose.machines.yaml")
SERVERS = ("one", "two")
PASSWORD = "one of our own"  # noqa: S105 - of this test
SOON_S = 180

pytestmark = pytest.mark.timeout(600)


def read(name):
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
def forwarded(port, to):
    """Let what listens on one port of this machine be found at another too."""

    class Forward(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.create_connection(("127.0.0.1", to)) as other:
                back = threading.Thread(target=pass_on, args=(other, self.request))
                back.start()
                pass_on(self.request, other)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False  # connections last as long as programs do

    with Server(("127.0.0.1", port), Forward) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def pass_on(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def start(tmp_path):
    """Return what makes the processes of a file, none of which runs yet."""
    with ExitStack() as stack:

        def made(name, **variables):
            machine = Machine(tmp_path, read(name)["services"], **variables)
            stack.callback(machine.end)
            return machine

        yield made


def test_two_servers_over_a_chroma_server_answer_and_one_goes_on_alone(start):
    machine = start("compose.yaml")
    (machine.documents / "snow.txt").write_text(NOTE)
    for name in ("chroma", *SERVERS):
        machine.start(name)
    for name in SERVERS:
        machine.until(name, "How deep was the snow at Kestrel Pass?", "317 cm")

    machine.kill("one")  # it may have owned the workspace: then the other takes over
    (machine.documents / "hut.txt").write_text("The Upper Hut has 24 beds.")

    machine.until("two", "How many beds has the Upper Hut?", "24")
    machine.until("two", "How deep was the snow at Kestrel Pass?", "317 cm")


def test_two_machines_over_a_postgres_answer_and_one_goes_on_alone(start, database_url):
    machine = start("compose.machines.yaml", RAG_DATABASE_URL=database_url)
    (machine.documents / "snow.txt").write_text(NOTE)
    machine.start("one")
    machine.until("one", "How deep was the snow at Kestrel Pass?", "317 cm")
    machine.start("two")
    machine.until("two", "How deep was the snow at Kestrel Pass?", "317 cm")
    (machine.documents / "road.txt").write_text("The Lower Road is 12 km long.")
    machine.until("two", "How long is the Lower Road?", "12 km")

    machine.kill("one")  # it read the documents in: now the other does
    (machine.documents / "hut.txt").write_text("The Upper Hut has 24 beds.")

    machine.until("two", "How many beds has the Upper Hut?", "24")
    machine.until("two", "How deep was the snow at Kestrel Pass?", "317 cm")
    machine.start("one")
    machine.until("one", "How many beds has the Upper Hut?", "24")
    for log in machine.room.glob("*.log"):
        assert urlsplit(database_url).password not in log.read_text("utf-8")
        assert "Traceback" not in log.read_text("utf-8")


def test_a_server_waits_for_a_database_that_is_away(start, database_url):
    address = urlsplit(database_url)
    away = free_port()
    url = database_url.replace(f":{address.port}/", f":{away}/")
    machine = start("compose.machines.yaml", RAG_DATABASE_URL=url)
    (machine.documents / "snow.txt").write_text(NOTE)
    machine.start("one")
    told = f"The database 127.0.0.1:{away}{address.path} can't be used: Connection refused."
    machine.until_logged("one", told)
    with forwarded(away, address.port):
        machine.until("one", "How deep was the snow at Kestrel Pass?", "317 cm")

    assert (machine.room / "one.log").read_text("utf-8").count(told) == 1


@pytest.mark.parametrize("file", FILES)
def test_what_it_names_is_there(file):
    compose = read(file)
    services = compose["services"]
    volumes = {each.split(":")[0] for one in services.values() for each in one.get("volumes", ())}
    named = {each for each in volumes if re.fullmatch("[a-z]+", each)}
    waited = {each for one in services.values() for each in one.get("depends_on", ())}

    assert named == set(compose["volumes"])
    assert waited <= set(services)
    for name in SERVERS:
        host = name if "network_mode" not in services[name] else "127.0.0.1"
        server = f"server {host}:{services[name]['command'][-1]}"
        assert server in compose["configs"]["nginx"]["content"]


@pytest.mark.parametrize("file", FILES)
def test_its_proxy_is_the_one_that_is_explained(file):
    explained = (ROOT / "docs" / "scale.md").read_text("utf-8")
    told = read(file)["configs"]["nginx"]["content"].replace("$$", "$")
    lines = re.sub("server (one|two):", "server 127.0.0.1:", told).splitlines()

    missing = [line for line in lines if line.strip() and line.strip() not in explained]
    assert missing == ["    listen 8080;"]
