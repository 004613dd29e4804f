"""Models changed while the whole program runs: tiny ones, real files, real loaders."""

import gc
import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace

import builders_vlm
import pytest
from builders_answer import WINTER
from builders_encoder import save_cross_encoder, save_text_embedder
from builders_models import store_model
from fakes import Gauge

from pagelight.services.session.assemble import assemble
from rag.datamodel import AnswerWishes, Query
from rag.errors import ModelError
from rag.models.registry.choice import ModelChoices
from rag.pipeline.engine.build import build_switch
from rag.settings import Settings

QUESTION = Query(text="How deep was the snow in March 1999?")
WRITER, TEXT, OTHER_TEXT, RERANKER = (
    "smolvlm-500m",
    "granite-97m",
    "granite-311m",
    "ms-marco-minilm",
)
BROKEN = "qwen3-vl-2b"
NOTES = 41
GO = threading.Event()
"""Never set: nothing is stopped."""


@contextmanager
def running(settings):
    parts = assemble(settings)
    try:
        yield parts.engine, build_switch(settings, parts.engine)
    finally:
        parts.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    root = tmp_path_factory.mktemp("switch")
    return Settings(
        workspace=root / "workspace",
        models=root / "models",
        answer_tokens=24,
        answer_threshold=0.0,
        ocr=False,
    )


@pytest.fixture(scope="module")
def started(settings):
    """A program that has read a folder with the built-in models; others come while it runs."""
    folder = settings.workspace.with_name("folder")
    folder.mkdir()
    (folder / "winter.txt").write_text(WINTER + "\n")
    for n in range(NOTES - 1):  # more than are embedded at once
        (folder / f"{n}.txt").write_text(f"The barometer of hut {n} fell in March.\n")
    parts = assemble(settings)
    parts.make_ingest().run(folder, on_progress=lambda _: None)
    fetch_all(settings.models)
    gc.freeze()  # what is counted in memory comes later: the search for it is short
    yield parts.engine, build_switch(settings, parts.engine)
    gc.unfreeze()
    parts.close()


def fetch_all(models):
    """Bring tiny models, and one that came broken, as `pagelight models fetch` would."""
    made = models.with_name("made")
    broken = made / "broken"
    broken.mkdir(parents=True)
    (broken / "config.json").write_text("{}")
    (broken / "model.safetensors").write_text("no tensors")
    store_model(models, BROKEN, broken)
    store_model(models, WRITER, builders_vlm.save_llama(made / "llama"))
    store_model(models, TEXT, save_text_embedder(made / "text"))
    store_model(models, OTHER_TEXT, save_text_embedder(made / "other", seed=1))
    store_model(models, RERANKER, save_cross_encoder(made / "pairs"))


@pytest.fixture
def chat(started):
    yield started
    for part in ("generator", "reranker", "text"):
        started[1].use(part, "", stop=GO)


@pytest.fixture
def restarted(chat, settings, tmp_path):  # noqa: ARG001 - the folder was read
    """What opens the workspace, as it is now, again: of a copy, as the first holds its own."""

    def start():
        copied = shutil.copytree(settings.workspace, tmp_path / "workspace", dirs_exist_ok=True)
        return running(replace(settings, workspace=copied))

    return start


def last(answers):
    *_, answer = answers
    return answer


def in_memory(kind):
    """Return how many objects of a class came and are there still; garbage does not count."""
    gc.collect()
    return sum(type(thing).__name__ == kind for thing in gc.get_objects())


def writers():
    return in_memory("LlamaForCausalLM")


def was_written(answer):
    return any("cut off at 24 tokens" in note for note in answer.notes)


def test_a_writer_comes_and_goes_without_a_restart_and_leaves_no_memory_taken(chat):
    engine, switch = chat
    assert "317 cm" in last(engine.ask(QUESTION)).text

    for _ in range(2):
        assert switch.use("generator", WRITER, stop=GO)
        assert was_written(last(engine.ask(QUESTION)))
        assert engine.profile.name.startswith(f"local: {WRITER}@")
        quoted = replace(QUESTION, wishes=AnswerWishes(quoted=True))
        assert "317 cm" in last(engine.ask(quoted)).text
        assert writers() == 1
        assert switch.use("generator", "", stop=GO)
        assert engine.profile.name == "embedded"
        assert writers() == 0
    assert "317 cm" in last(engine.ask(QUESTION)).text


def test_an_answer_under_way_ends_with_the_model_that_began_it(chat):
    engine, switch = chat
    switch.use("generator", WRITER, stop=GO)
    answers = engine.ask(QUESTION)
    next(answers)
    switch.use("generator", "", stop=GO)

    assert not was_written(last(engine.ask(QUESTION)))
    assert writers() == 1
    assert was_written(last(answers))
    assert writers() == 0


def test_a_model_that_can_not_be_loaded_leaves_the_one_in_use(chat, settings):
    engine, switch = chat
    switch.use("generator", WRITER, stop=GO)
    with pytest.raises(ModelError, match=f"The model in .*{BROKEN} can't be used"):
        switch.use("generator", BROKEN, stop=GO)

    assert was_written(last(engine.ask(QUESTION)))
    assert ModelChoices(settings.workspace).read().used["generator"] == WRITER


def test_changes_at_the_same_time_come_one_after_the_other(chat):
    engine, switch = chat
    wishes = [("generator", WRITER), ("reranker", RERANKER), ("generator", "")]
    threads = [
        threading.Thread(target=switch.use, args=wish, kwargs={"stop": GO}) for wish in wishes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert engine.models["reranker"] == RERANKER
    assert writers() == (engine.models["generator"] != "extractive")
    assert last(engine.ask(QUESTION)).complete


def test_what_came_to_the_disk_is_offered_unless_a_person_chose(chat, settings):
    _, switch = chat
    (settings.workspace / "models.json").unlink(missing_ok=True)
    assert RERANKER in {model.name for model in switch.offered()}
    switch.use("reranker", "", stop=GO)

    assert RERANKER not in {model.name for model in switch.offered()}


def test_another_text_model_finds_once_it_has_read_all_and_the_former_until_then(chat, settings):
    engine, switch = chat
    switch.use("text", TEXT, stop=GO)
    before, seen = in_memory("BertModel"), []
    spaces = settings.workspace / "text-vectors"

    def look():
        found = engine.active.meaning.find(Query(text="snow"), k=3)
        seen.append((engine.active.meaning.name, len(found)))

    told = Gauge(look)
    assert switch.use("text", OTHER_TEXT, stop=GO, progress=told)
    assert (told.totals, told.steps) == ([NOTES, 0], [32, NOTES - 32])
    assert seen == [(TEXT, 3), (TEXT, 3)]
    assert engine.active.meaning.name == OTHER_TEXT
    assert len(engine.active.meaning.find(Query(text="snow"), k=3)) == 3
    assert len(list(spaces.iterdir())) == 1
    assert in_memory("BertModel") == before


def test_a_change_that_was_cut_off_goes_on_at_the_next_start(chat, restarted):
    engine, switch = chat
    switch.use("text", OTHER_TEXT, stop=GO)
    stop, told = threading.Event(), Gauge()
    done = switch.use("text", TEXT, stop=stop, progress=Gauge(stop.set))

    assert not done
    assert engine.active.meaning.name == OTHER_TEXT
    with restarted() as (again, its_switch):
        assert again.active.meaning.name == OTHER_TEXT
        assert its_switch.coming() == {"text": TEXT}
        again.catch_up()  # as an ingest does: what is to come keeps its vectors
        its_switch.use("text", TEXT, stop=GO, progress=told)
        assert told.totals == [NOTES - 32, 0]
        assert again.active.meaning.name == TEXT
        assert its_switch.coming() == {}
