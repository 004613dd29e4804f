"""Changes of models in the background: told, stopped, replaced, gone on with."""

import threading

import pytest
from builders_ui import wait
from fake_engine import FakeSwitching

from pagelight.services.models.models_job import Switches
from rag.errors import ModelError


@pytest.fixture
def switching():
    return FakeSwitching()


@pytest.fixture
def switches(switching):
    made = Switches(switching)
    yield made
    switching.go.set()
    made.close()


def over(switches):
    wait(lambda: not switches.running)


def test_a_new_change_of_a_part_ends_that_before_it(switches, switching):
    switches.start("text", "granite-97m")
    wait(lambda: switching.progress)
    switches.start("text", "granite-311m")

    assert [change.name for change in switches.running] == ["granite-311m"]
    switching.go.set()
    over(switches)
    assert switches.view().in_use["text"] == "granite-311m"


def test_however_often_a_model_is_chosen_one_thread_changes_it(switching):
    """Here a change that was told to stop goes on for a while, as one that loads a model does."""
    gate, begun, used = threading.Event(), threading.Event(), []

    def use(_part, name, *, stop, progress):
        del progress
        used.append(name)
        begun.set()
        gate.wait(20)
        return not stop.is_set()

    switching.use = use
    switches = Switches(switching)
    switches.start("text", "first")
    begun.wait(20)
    for n in range(300):
        switches.start("text", f"model-{n}")
    threads = [thread for thread in threading.enumerate() if thread.name == "switch"]
    gate.set()
    over(switches)
    switches.close()

    assert len(threads) == 1
    assert used == ["first", "model-299"]


def test_what_was_stopped_waits_and_goes_on(switches, switching):
    switching.awaited["text"] = "granite-97m"
    assert switches.view().waiting == {"text": "granite-97m"}
    switches.go_on()

    assert switches.view().waiting == {}
    switches.stop("text")
    over(switches)
    assert switches.view().waiting == {"text": "granite-97m"}


def test_why_a_change_failed_is_told_until_the_next(switches, switching):
    switching.problem = ModelError("The folder is empty.")
    switching.go.set()
    switches.start("generator", "qwen3-vl-2b")
    over(switches)
    assert switches.view().error == "The folder is empty. What was in use stays."
    switching.problem = None
    switches.start("generator", "")
    over(switches)

    assert switches.view().error == ""


def test_closing_ends_what_is_under_way(switching):
    switches = Switches(switching)
    switches.start("text", "granite-97m")
    wait(lambda: switching.progress)
    switches.close()

    assert not [thread for thread in threading.enumerate() if thread.name == "switch"]
