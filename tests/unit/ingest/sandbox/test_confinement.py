"""Who opens files of strangers is shut in, where the kernel can do it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from builders_pictures import source_file

from ingest.sandbox.confinement import Confinement, confinement
from ingest.sandbox.parser_process import ParserProcess
from rag.settings import Settings

ROOT = Path(__file__).parents[4]
SHUT_IN = """
import json, os, signal, socket, sys
from pathlib import Path
from ingest.sandbox.confinement import confine

port, parent = int(sys.argv[1]), os.getppid()


def happens(what, *arguments):
    try:
        what(*arguments)
    except OSError as error:
        return type(error).__name__
    return "done"


confine()
(Path("a")).mkdir()
Path("note.txt").write_text("Snow fell.")
print(json.dumps({
    "connect": happens(socket.create_connection, ("127.0.0.1", port), 5),
    "environment": happens(Path(f"/proc/{parent}/environ").read_bytes),
    "signal": happens(os.kill, parent, 0),
    "move": happens(os.rename, "note.txt", "a/note.txt"),
}))
"""


@pytest.fixture(scope="module")
def walls():
    return confinement()


def test_it_reaches_no_server_and_looks_into_no_other_process(walls, tmp_path):
    if not (walls.no_network or walls.landlock):
        pytest.skip(str(walls))
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = subprocess.run(
            [sys.executable, "-c", SHUT_IN, str(server.getsockname()[1])],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    told = json.loads(done.stdout)

    assert told["connect"] != "done"
    assert told["move"] == "done"  # from one folder to another: what is unpacked needs it
    if walls.landlock:
        assert (told["environment"], told["signal"]) == ("PermissionError", "PermissionError")


def test_a_reader_has_a_network_of_its_own(walls, tmp_path):
    if not walls.no_network:
        pytest.skip(str(walls))
    (tmp_path / "note.txt").write_text("Snow fell.")
    with ParserProcess(settings=Settings(), assets_root=tmp_path / "assets") as reader:
        reader.parse(source_file(tmp_path / "note.txt", media_type="text/plain"))
        readers = [
            child
            for child in psutil.Process().children()
            if any("sandbox.child" in word for word in child.cmdline())
        ]
        networks = {os.readlink(f"/proc/{child.pid}/ns/net") for child in readers}  # noqa: PTH115 - no path

    assert networks
    assert os.readlink("/proc/self/ns/net") not in networks  # noqa: PTH115 - as above


def test_what_the_system_does_not_do_is_told():
    bare = Confinement(no_network=False, landlock=0)

    assert "does not keep from the network" in str(bare)
    assert "Landlock 7" in str(Confinement(no_network=True, landlock=7))
