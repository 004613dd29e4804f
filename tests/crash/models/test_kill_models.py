"""A set-up that is killed at any step, or whose disk is full: the next one goes on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders_bundled import environment, tiny_model

from rag.models.setup.bundled import cache_of, state_of

TESTS = Path(__file__).parents[2]
PATH = os.pathsep.join([str(TESTS / "builders" / "models"), str(TESTS.parent)])
LOOK_S = 0.02
ALONE_S = 20


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny") / "wheels"
    tiny_model(folder)
    return folder


@pytest.fixture
def start(wheels, tmp_path):
    def run(*limit):
        return subprocess.Popen(
            [
                sys.executable,
                str(TESTS / "crash" / "models" / "models_child.py"),
                wheels,
                tmp_path,
                *limit,
            ],
            env={**os.environ, "PYTHONPATH": PATH},
            stdout=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.fixture
def seen(wheels, tmp_path):
    """Return how the model stands, as this process sees what another does."""
    model = tiny_model(wheels)
    environ = environment(wheels, tmp_path)

    def look():
        return state_of(model, environ)

    look.cache = cache_of(model, environ)
    return look


def weights_are_begun(cache):
    return any(cache.unfinished.glob("weights.*"))


def engine_is_begun(cache):
    return any(cache.unfinished.glob("engine-*"))


def second_wheel_is_there(cache):
    progress = cache.progress()
    return progress is not None and progress.share > 0.5


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        (second_wheel_is_there, "fetching"),
        (weights_are_begun, "building"),
        (engine_is_begun, "building"),
    ],
)
def test_what_was_killed_goes_on_and_is_whole(start, seen, moment, stage):
    with start() as first:
        while not moment(seen.cache):
            assert first.poll() is None
            time.sleep(LOOK_S)
        assert seen().stage == stage
        first.kill()
    assert _without_who_builds(seen).stage == "absent"

    with start() as second:
        said = second.communicate(timeout=120)[0]

    assert said == ""
    assert seen().stage == "ready"
    assert seen.cache.verify() == ()
    assert list(seen.cache.unfinished.parent.iterdir()) == []


def _without_who_builds(seen):
    """Return how the model stands once a child of what was killed has seen that it is alone."""
    until = time.monotonic() + ALONE_S
    while seen().stage in {"fetching", "building"} and time.monotonic() < until:
        time.sleep(LOOK_S)
    return seen()


@pytest.mark.parametrize("largest_bytes", [10_000, 30_000, 50_000])
def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(start, seen, largest_bytes):
    with start(str(largest_bytes)) as first:
        said = first.communicate(timeout=120)[0]
    assert "Traceback" not in said
    assert said.count("\n") == 1
    assert seen().stage != "ready"

    with start() as second:
        assert second.communicate(timeout=120)[0] == ""

    assert seen().stage == "ready"
