"""The processes of the compose file for several machines: both answer, one goes on alone."""

import socket
import socketserver
import threading
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
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
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def start(tmp_path):
    """Return what makes the processes of the file, none of which runs yet."""
    with ExitStack() as stack:
        made = partial(processes, tmp_path, "compose.machines.yaml")
        yield lambda **variables: stack.enter_context(made(**variables))


def test_two_machines_over_a_postgres_answer_and_one_goes_on_alone(start, database_url):
    machine = start(RAG_DATABASE_URL=database_url)
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
    machine = start(RAG_DATABASE_URL=url)
    (machine.documents / "snow.txt").write_text(NOTE)
    machine.start("one")
    told = f"The database 127.0.0.1:{away}{address.path} can't be used: Connection refused."
    machine.until_logged("one", told)
    with forwarded(away, address.port):
        machine.until("one", "How deep was the snow at Kestrel Pass?", "317 cm")

    assert (machine.room / "one.log").read_text("utf-8").count(told) == 1
