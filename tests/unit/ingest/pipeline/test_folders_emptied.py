"""Folders below the root that are suddenly empty: what was read of them stays, until it is said."""

import shutil

import pytest
from builders_ingest import Bench

from rag.errors import EmptiedError

PLACEHOLDER = "NOT MOUNTED"


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    for number in range(4):
        bench.write(f"drive/deep/{number}.txt", f"snow {number}")
        bench.write(f"home/{number}.txt", f"rain {number}")
    bench.run()
    return bench


def sources(bench, top="drive"):
    with bench.open() as index:
        return [source for source in index.files() if source.startswith(top)]


def empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def kept(report):
    return {file.source: file.reason for file in report.files if file.state == "skipped"}


def test_what_was_read_of_a_folder_that_is_empty_stays_and_is_asked_about(bench):
    empty(bench.folder / "drive")

    report = bench.run()

    assert len(sources(bench)) == 4
    assert report.asks == "Gone, but kept in the index: 4 documents of drive."
    assert "--remove-all" in report.notes[0]
    assert kept(report) == {
        "drive": "Gone of it: 4 documents; what was read of it stays. Check its drive."
    }
    assert bench.run(remove_all=True).asks == ""
    assert sources(bench) == []


@pytest.mark.parametrize("folder", ["drive", "drive/deep"])
def test_a_placeholder_is_no_document_in_place_of_those_that_were_there(bench, folder):
    empty(bench.folder / folder)
    bench.write(f"{folder}/README", PLACEHOLDER)

    assert bench.run().asks == "Gone, but kept in the index: 4 documents of drive."
    assert len(sources(bench)) == 5
    bench.run()
    assert len(sources(bench)) == 5


def test_of_a_folder_that_is_back_nothing_is_read_again(bench):
    away = bench.folder.parent / "away"
    (bench.folder / "drive").rename(away)
    (bench.folder / "drive").mkdir()
    bench.run()
    (bench.folder / "drive").rmdir()
    away.rename(bench.folder / "drive")

    report = bench.run()

    assert bench.reading.parsed == []
    assert report.asks == ""


@pytest.mark.parametrize(("deleted", "is_asked"), [(1, False), (2, False), (3, True)])
def test_a_folder_that_loses_max_of_what_it_held_is_asked_about(bench, deleted, is_asked):
    for number in range(deleted):
        (bench.folder / "drive" / "deep" / f"{number}.txt").unlink()

    report = bench.run()

    assert bool(report.asks) == is_asked
    assert len(sources(bench)) == (4 if is_asked else 4 - deleted)


def test_a_folder_that_was_deleted_itself_leaves_the_index(bench):
    for number in range(4):
        bench.write(f"third/{number}.txt", f"hail {number}")
    bench.run()
    shutil.rmtree(bench.folder / "drive")

    assert bench.run().asks == ""
    assert sources(bench) == []


def test_the_root_with_a_placeholder_alone_is_a_question(bench):
    for name in ("drive", "home"):
        shutil.rmtree(bench.folder / name)
    bench.write("README", PLACEHOLDER)

    with pytest.raises(EmptiedError, match="holds none of the 8 documents that were read of it"):
        bench.run()
    bench.run(remove_all=True)
    assert sources(bench, "") == ["README"]
