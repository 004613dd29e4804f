"""A watched folder, with a clock that only moves when the watch waits."""

import itertools
import shutil

import pytest

from ingest.discovery.discover import LOCAL_DISK
from ingest.pipeline.watch import LONGEST_UNREST_S, REST_S, FolderWatch


class Day:
    """`at` says what happens in the folder when; `now_s` is the time."""

    def __init__(self, folder, *, disk=LOCAL_DISK):
        self.now_s = 0.0
        self.events = []
        self.gone = []
        self.watch = FolderWatch(
            folder,
            on_gone=self.gone.append,
            wait=self.wait,
            clock=lambda: self.now_s,
            disk=disk,
        )

    def at(self, when_s, what):
        self.events.append((when_s, what))

    def wait(self, seconds):
        self.now_s += seconds
        assert self.now_s < 1000, "it waits for ever"
        due = [event for event in self.events if event[0] <= self.now_s]
        self.events = [event for event in self.events if event[0] > self.now_s]
        for _, what in due:
            what()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    (made / "a.txt").write_text("snow")
    return made


def test_a_new_file_is_told_once_it_is_at_rest(folder):
    day = Day(folder)
    day.at(10, lambda: (folder / "b.txt").write_text("rain"))

    next(day.watch.changes())

    assert 10 + REST_S <= day.now_s <= 10 + REST_S + 3


def test_a_file_that_grows_for_ever_does_not_put_reading_off_for_ever(folder):
    day = Day(folder)
    for second in range(900):
        day.at(second, lambda size=second: (folder / "log.txt").write_text("x" * size))

    list(itertools.islice(day.watch.changes(), 3))

    assert day.now_s < 3 * (LONGEST_UNREST_S + 5)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.txt").unlink(),
        lambda folder: (folder / "a.txt").rename(folder / "b.txt"),
        lambda folder: (folder / "a.txt").write_text("hail on the pass"),
    ],
    ids=["removed", "renamed", "rewritten"],
)
def test_whatever_happens_to_a_file_is_a_change(folder, change):
    day = Day(folder)
    day.at(5, lambda: change(folder))

    next(day.watch.changes())

    assert day.now_s < 5 + REST_S + 3


def test_what_changes_while_it_is_read_is_told_next(folder):
    day = Day(folder)
    day.at(5, lambda: (folder / "b.txt").write_text("rain"))
    changes = day.watch.changes()
    next(changes)
    (folder / "c.txt").write_text("hail")
    told_at_s = day.now_s

    next(changes)

    assert day.now_s <= told_at_s + REST_S + 3


def test_a_folder_that_is_away_is_waited_for_and_told_once(folder, tmp_path):
    day = Day(folder)
    away = tmp_path / "away"
    day.at(5, lambda: folder.rename(away))
    day.at(50, lambda: shutil.move(away, folder))
    day.at(60, lambda: (folder / "b.txt").write_text("rain"))

    next(day.watch.changes())

    assert day.now_s > 60
    assert day.gone == [f"There is no folder {folder}. Check the path."]
