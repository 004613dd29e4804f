"""A conversation has the model that it chose: lent, one of this machine at a time, told if gone."""

import threading

import pytest

from rag.datamodel import AnswerWishes
from rag.errors import ModelError
from rag.models.registry.choice import check_room
from rag.models.registry.model_table import MODELS, Machine
from rag.pipeline.engine.models_in_use import ActiveModels
from rag.pipeline.engine.other_writers import OtherWriters
from rag.settings import Settings

USUAL = ActiveModels(settings=Settings(generator="file:/usual"))
NAMED = {
    "usual": "file:/usual",
    "small": "file:/small",
    "large": "file:/large",
    "far": "https://far.example/v1",
}


class Writer:
    def __init__(self, source):
        self.source, self.closed = source, False

    def close(self):
        self.closed = True


class Writers(OtherWriters):
    def __init__(self):
        self.made = []
        super().__init__(lambda: NAMED, self._new)

    def _new(self, source, used):
        assert used == "file:/usual"
        self.made.append(Writer(source))
        return self.made[-1]

    def of(self, name, **wishes):
        return self.chosen(USUAL, AnswerWishes(writer=name, **wishes))


@pytest.fixture
def writers():
    return Writers()


def test_the_model_that_was_chosen_writes_and_stays_loaded(writers):
    for _ in range(2):
        with writers.of("far") as (active, notes):
            assert (active.writer.source, active.settings.generator, notes) == (
                NAMED["far"],
                NAMED["far"],
                (),
            )

    assert len(writers.made) == 1
    assert not writers.loads_here
    writers.close()
    assert writers.made[0].closed


@pytest.mark.parametrize("wishes", [{}, {"name": "usual"}, {"name": "large", "quoted": True}])
def test_the_usual_one_writes_where_no_other_is_meant(writers, wishes):
    name = wishes.pop("name", "")
    with writers.of(name, **wishes) as (active, notes):
        assert active is USUAL
        assert notes == ()
    assert writers.made == []


def test_one_that_is_gone_is_told_and_the_usual_one_answers(writers):
    with writers.of("lost") as (active, (note,)):
        assert active is USUAL
    assert note == (
        "lost, which this conversation chose, can't be had: it is not on this machine any more."
        " The usual one answers."
    )


def test_of_the_folders_one_is_loaded_at_a_time_beside_servers(writers):
    for name in ("far", "small", "large"):
        with writers.of(name):
            pass

    assert [(one.source, one.closed) for one in writers.made] == [
        (NAMED["far"], False),
        ("file:/small", True),
        ("file:/large", False),
    ]
    assert writers.loads_here


def test_who_writes_is_not_closed_before_it_is_done(writers):
    begun, done = threading.Event(), []

    def ask():
        begun.set()
        with writers.of("large"):
            done.append("large")

    with writers.of("small") as (active, _):
        other = threading.Thread(target=ask)
        other.start()
        begun.wait(10)
        other.join(0.05)
        assert (done, active.writer.closed) == ([], False)
    other.join(10)
    assert (done, active.writer.closed) == (["large"], True)


def test_a_fetched_one_that_does_not_fit_beside_the_usual_one_is_refused(tmp_path):
    settings = Settings(models=tmp_path)
    small, *_, large = [
        f"file:{tmp_path / model.name}" for model in MODELS if model.part == "generator"
    ]

    check_room(large, small, settings, Machine(memory_gb=1000))
    check_room("file:/own", large, settings, Machine(memory_gb=1))
    with pytest.raises(ModelError, match=r"needs about .* GB with the model in use"):
        check_room(large, small, settings, Machine(memory_gb=1))
