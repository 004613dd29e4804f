"""A tiny model of random weights through the real engine, in its own process, which asks nobody.

Every address that a process looks for is written down.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing

import psutil
import pytest
from builders_bundled import ROOT, environment, tiny_model

from rag.errors import ModelError
from rag.models.llm.language_model import OpenVinoLlm, messages_of
from rag.models.setup.bundled import WRITER, model_folder, state_of
from rag.models.setup.ensure import ensure
from rag.pipeline.engine.other_writers import EmbeddedWriter

ASKED = messages_of("Answer.", "the thing")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny-llm")
    model = tiny_model(root / "wheels", parts=1)
    environ = environment(root / "wheels", root / "cache")
    return ensure(model, environ, file=root / "wheels" / "whole.gguf")


@pytest.fixture
def llm(folder):
    model = OpenVinoLlm(folder)
    yield model
    model.close()


def test_a_writer_that_loads_is_awaited_and_one_that_is_not_there_is_not(folder):
    with EmbeddedWriter(lambda: folder, len) as embedded:
        assert embedded.get() is None
        writer = embedded.awaited(60)
        assert writer is not None
        assert writer is embedded.awaited(0)
    for lacking, told in ((lambda: None, False), (lambda: folder / "gone", True)):
        with EmbeddedWriter(lacking, len) as embedded:
            begun_s = time.monotonic()
            assert embedded.awaited(60) is None
            assert time.monotonic() - begun_s < 50
            assert embedded.problem.endswith("Answers are quotations.") is told


def text_of(llm, messages=ASKED, max_tokens=8):
    return "".join(one.text for one in llm.stream(messages, max_tokens=max_tokens))


def test_the_same_input_gives_the_same_text_with_its_probability(llm):
    first = llm.complete("Answer.", "the thing", max_tokens=8)
    assert first == llm.complete("Answer.", "the thing", max_tokens=8)
    assert first.mean_logprob < 0
    assert first.finish_reason in {"stop", "length"}


def last_of(llm, **more):
    *_, last = llm.stream(ASKED, max_tokens=8, **more)
    return last


def test_samples_are_drawn_beside_a_text_the_same_each_time(llm):
    samples = last_of(llm, samples=3).samples
    assert len({one.text for one in samples}) > 1
    assert all(one.mean_logprob < 0 for one in samples)
    assert last_of(llm, samples=3).samples == samples
    assert last_of(llm).samples == ()


def test_none_is_drawn_while_others_wait(llm):
    others = [llm.stream(ASKED, max_tokens=2000) for _ in range(2)]
    for stream in others:
        next(stream)
    assert last_of(llm, samples=3).samples == ()
    others.pop().close()
    assert last_of(llm, samples=3).samples
    others.pop().close()


def test_who_leaves_amid_samples_is_waited_for_by_nobody(llm):
    stream = llm.stream(ASKED, max_tokens=2000, samples=3)
    next(stream)
    next(stream)
    stream.close()
    assert text_of(llm, max_tokens=2) is not None


def test_several_are_answered_at_once_each_with_its_own_text(llm):
    alone = {word: text_of(llm, messages_of("", word)) for word in ("thing", "the", "a")}
    together = {}
    threads = [
        threading.Thread(
            target=lambda w=word: together.update({w: text_of(llm, messages_of("", w))})
        )
        for word in alone
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert together == alone


def test_who_leaves_amid_a_text_is_waited_for_by_nobody(llm):
    stream = llm.stream(ASKED, max_tokens=2000)
    next(stream)
    stream.close()
    assert text_of(llm, max_tokens=2) is not None


def test_a_child_that_was_killed_is_told_and_started_again(llm):
    before = text_of(llm)
    stream = llm.stream(ASKED, max_tokens=2000)
    next(stream)
    children = psutil.Process().children()
    (child,) = (c for c in children if "rag.models.llm.openvino_worker" in c.cmdline())
    child.kill()
    with pytest.raises(ModelError, match="ended"):
        list(stream)
    assert text_of(llm) == before


def test_who_waits_while_the_model_is_closed_is_told(llm):
    stream = llm.stream(ASKED, max_tokens=2000)
    next(stream)
    llm.close()
    with pytest.raises(ModelError, match="ended"):
        list(stream)


def test_a_gguf_file_is_run_as_it_is(tmp_path):
    tiny_model(tmp_path, parts=1)
    model = OpenVinoLlm(tmp_path / "whole.gguf")
    try:
        assert text_of(model)
        assert model.model_id == "whole.gguf"
        assert [path.name for path in tmp_path.iterdir() if path.suffix == ".xml"] == []
    finally:
        model.close()


def test_a_folder_without_a_model_says_so(tmp_path):
    with pytest.raises(ModelError, match="could not be loaded"):
        OpenVinoLlm(tmp_path).warm()


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


def command(*arguments):
    return [sys.executable, "-c", TALKS, *map(str, arguments)]


def environ_of(home):
    return {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home)}


def run(home, *arguments):
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, check=True, env=environ_of(home)
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_engine_asks_for_no_address_and_starts_nothing(folder, tmp_path):
    assert run(tmp_path, folder)[0] == []
    assert list(tmp_path.iterdir()) == []


def test_who_asks_would_be_heard(folder, tmp_path):
    assert run(tmp_path, folder, "loudly")[0] == ["socket.getaddrinfo"]


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace on this machine")
def test_nor_does_its_native_code(folder, tmp_path):
    log = tmp_path / "calls"
    trace = [shutil.which("strace"), "-f", "-qq", "-e", "trace=connect,sendto,sendmmsg", "-o", log]

    subprocess.run(
        [*trace, *command(folder)], check=True, capture_output=True, env=environ_of(tmp_path)
    )

    assert log.read_text() == ""


def test_the_writer_itself_writes(tmp_path):
    environ = {**os.environ, "RAG_EMBEDDED_MODELS": "on"}
    made = model_folder(WRITER, environ)
    if made is None:
        state = state_of(WRITER, environ)
        pytest.skip(f"{WRITER.name} is {state.stage} here: pagelight models fetch writer")

    heard, length = run(tmp_path, made)

    assert heard == []
    assert length > 0


def test_a_text_is_scored_by_its_chance_to_follow_the_same_each_time(llm, folder):
    with closing(OpenVinoLlm(folder)) as other:
        first = next(other.stream(ASKED, max_tokens=1))
    score = llm.score(ASKED, first.text)
    assert score == pytest.approx(first.logprob, abs=0.02)
    assert llm.score(ASKED, f"{first.text}{first.text}") < score
    assert llm.score(ASKED, first.text) == score
    assert text_of(llm, max_tokens=1) == first.text
