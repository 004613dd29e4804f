"""The processes of the compose file for several machines: both answer, one goes on alone."""

import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from compose_run import processes
from program import NOTE
from server_run import free_port

pytestmark = pytest.mark.timeout(600)


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
    """Pass on what comes, and its end: a program that is killed ends its connections so too."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def away(database_url):
    """Return an address of the database at which nothing listens yet, and what lets it be found."""
    port, there = free_port(), urlsplit(database_url).port
    return database_url.replace(f":{there}/", f":{port}/"), lambda: forwarded(port, there)


def test_two_machines_wait_for_their_postgres_answer_and_one_goes_on_alone(tmp_path, away):
    url, let_it_be_found = away
    with processes(tmp_path, "compose.machines.yaml", RAG_DATABASE_URL=url) as machine:
        (machine.documents / "snow.txt").write_text(NOTE)
        machine.start("one")
        machine.until_logged("one", waits := told(url))
        with let_it_be_found():
            go_on(machine)
        for log in machine.room.glob("*.log"):
            assert urlsplit(url).password not in log.read_text("utf-8")
            assert "Traceback" not in log.read_text("utf-8")
        assert (machine.room / "one.log").read_text("utf-8").count(waits) == 1


def told(url):
    """Return what a server says of a database that is away."""
    address = urlsplit(url)
    place = f"127.0.0.1:{address.port}{address.path}"
    return f"The database {place} can't be used: Connection refused."


def go_on(machine):
    machine.until("one", "How deep was the snow at Kestrel Pass?", "317 cm")
    machine.start("two")
    machine.until("two", "How deep was the snow at Kestrel Pass?", "317 cm")

    machine.kill("one")  # it read the documents in: now the other does
    (machine.documents / "hut.txt").write_text("The Upper Hut has 24 beds.")

    machine.until("two", "How many beds has the Upper Hut?", "24")
    machine.end()
