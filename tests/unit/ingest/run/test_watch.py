"""A watched folder, with a clock that only moves when the watch waits."""

import errno
import itertools
import os
import shutil

import fsspec
import pytest
from faulty_disk import FaultyDisk

from ingest.remote.address import folder_at
from ingest.remote.remote_disk import RemoteDisk
from ingest.run.watch import (
    LONGEST_UNREST_S,
    LOOK_ELSEWHERE_EVERY_S,
    REST_S,
    FolderWatch,
)
from rag.errors import PagelightError


class Day:
    """`at` says what happens in the folder when; `now_s` is the time."""

    def __init__(self, folder, *, disk=os):
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


def test_a_copy_under_way_is_told_when_it_is_whole(folder):
    day = Day(folder)
    for second in range(10, 20):
        day.at(second, lambda size=second: (folder / "b.txt").write_text("rain " * size))

    next(day.watch.changes())

    assert day.now_s >= 19 + REST_S


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


def test_what_lies_in_a_folder_that_gives_out_for_a_while_is_no_change(folder):
    (folder / "deep").mkdir()
    (folder / "deep" / "c.txt").write_text("hail")
    disk = FaultyDisk()
    day = Day(folder, disk=disk)
    day.at(5, lambda: disk.break_off(folder / "deep", errno.EIO))
    day.at(20, disk.mend)
    day.at(30, lambda: (folder / "b.txt").write_text("rain"))

    next(day.watch.changes())

    assert day.now_s > 30


def test_hidden_and_unfinished_files_are_no_change(folder):
    day = Day(folder)
    day.at(5, lambda: (folder / ".index").write_text("x"))
    day.at(6, lambda: (folder / "film.part").write_text("x"))
    day.at(30, lambda: (folder / "b.txt").write_text("rain"))

    next(day.watch.changes())

    assert day.now_s > 30


def test_a_folder_that_is_not_there_at_first_is_an_error(tmp_path):
    with pytest.raises(PagelightError, match="There is no folder"):
        FolderWatch(tmp_path / "nowhere", on_gone=print)


def test_a_folder_elsewhere_is_looked_at_rarely_as_each_look_asks_its_server(tmp_path):
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/watched/a.txt", b"snow")
    day = Day(folder_at("memory://watched", tmp_path), disk=RemoteDisk(tmp_path))
    day.at(10, lambda: memory.pipe_file("/watched/b.txt", b"rain"))

    next(day.watch.changes())

    assert day.watch.file_count == 2
    assert LOOK_ELSEWHERE_EVERY_S <= day.now_s <= 3 * LOOK_ELSEWHERE_EVERY_S
    memory.rm("/watched", recursive=True)
