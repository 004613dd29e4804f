"""Folders and files that can't be looked at just now: what was read of them stays."""

import errno
import os
import socket

import pytest
from builders_archives import Shelf, zipped
from builders_ingest import Bench
from faulty_disk import FaultyDisk

from rag.errors import EmptiedError, PagelightError

GIVEN_OUT = [errno.EIO, errno.ESTALE]


@pytest.fixture
def disk():
    return FaultyDisk()


@pytest.fixture
def bench(tmp_path, disk):
    made = Bench(tmp_path, disk=disk)
    for source in ("a.txt", "b/b.txt", "b/c/d/e.txt", "z.txt"):
        made.write(source, f"snow in {source}")
    made.run()
    return made


def sources(bench):
    with bench.open() as index:
        return sorted(index.files())


ALL = ["a.txt", "b/b.txt", "b/c/d/e.txt", "z.txt"]


@pytest.mark.parametrize(("number", "entries_first"), [(errno.EIO, 0), (errno.ESTALE, 2)])
def test_a_root_that_gives_out_is_an_error_and_nothing_leaves_the_index(
    bench, disk, number, entries_first
):
    disk.break_off(bench.folder, number)
    disk.entries_first = entries_first

    with pytest.raises(PagelightError, match="can't be listed"):
        bench.run()

    assert sources(bench) == ALL
    assert len(bench.found("snow")) == 4


@pytest.mark.parametrize(("number", "entries_first"), [(errno.EIO, 1), (errno.ESTALE, 0)])
def test_what_lies_two_levels_down_in_a_folder_that_gives_out_stays(
    bench, disk, number, entries_first
):
    disk.break_off(bench.folder / "b" / "c", number)
    disk.entries_first = entries_first
    (bench.folder / "a.txt").unlink()

    report = bench.run()

    assert sources(bench) == ALL[1:]
    assert bench.states(report) == {
        "a.txt": "removed",
        "b/b.txt": "unchanged",
        "b/c": "skipped",
        "z.txt": "unchanged",
    }


@pytest.mark.parametrize("number", GIVEN_OUT)
def test_a_file_whose_stat_gives_out_stays(bench, disk, number):
    disk.fail(bench.folder / "b" / "b.txt", number)

    assert bench.states(bench.run())["b/b.txt"] == "skipped"
    assert sources(bench) == ALL


def test_a_file_that_went_away_after_it_was_listed_is_gone(bench, disk):
    disk.fail(bench.folder / "b" / "b.txt", errno.ENOENT)

    bench.run()

    assert sources(bench) == ["a.txt", "b/c/d/e.txt", "z.txt"]


@pytest.mark.parametrize("number", GIVEN_OUT)
def test_a_link_whose_target_gives_out_keeps_what_was_read_through_it(bench, disk, number):
    store = bench.folder / ".store"
    store.mkdir()
    (store / "f.txt").write_text("hail")
    (bench.folder / "linked").symlink_to(store)
    bench.run()
    disk.fail(store, number)

    bench.run()

    assert "linked/f.txt" in sources(bench)


def test_a_persons_word_does_not_reach_what_could_not_be_listed(bench, disk):
    disk.break_off(bench.folder / "b", errno.EIO)
    (bench.folder / "a.txt").unlink()
    (bench.folder / "z.txt").unlink()

    bench.run(remove_all=True)

    assert sources(bench) == ["b/b.txt", "b/c/d/e.txt"]


def test_another_folder_in_place_of_one_that_is_away_is_a_question(bench, tmp_path):
    bench.folder.rename(tmp_path / "away")
    bench.folder = tmp_path / "other"
    bench.write("other.txt", "hail")

    with pytest.raises(EmptiedError, match=r"none of the 4 documents .*--workspace"):
        bench.run()

    assert sources(bench) == ALL
    bench.run(remove_all=True)
    assert sources(bench) == ["other.txt"]


def test_a_changed_file_that_can_not_be_opened_keeps_what_was_read(bench, disk):
    """A socket can't be opened, by root neither; the disk tells of it as of a changed file."""
    path = bench.folder / "a.txt"
    stood = path.stat()
    touched = {"st_mtime": stood.st_mtime + 60, "st_mtime_ns": stood.st_mtime_ns + 60 * 10**9}
    path.unlink()
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(os.fspath(path))
    disk.stats[os.fspath(path)] = os.stat_result(tuple(stood), touched)

    report = bench.run()

    assert bench.states(report)["a.txt"] == "failed"
    assert sources(bench) == ALL
    assert len(bench.found("snow")) == 4


def test_what_was_unpacked_of_an_archive_that_is_not_listed_stays(tmp_path, disk):
    shelf = Shelf(tmp_path)
    shelf.write("b/mail.zip", zipped({"note.txt": "snow on the pass"}))
    shelf.write("a.txt", "rain")
    shelf.ingest()
    shelf.disk = disk
    disk.break_off(shelf.folder / "b", errno.ESTALE)

    assert shelf.states() == {"a.txt": "unchanged", "b": "skipped"}

    disk.mend()
    assert set(shelf.states().values()) == {"unchanged"}
    assert shelf.unpacked == []  # what was unpacked is there still
    assert shelf.found("snow") == ["b/mail.zip/note.txt"]
