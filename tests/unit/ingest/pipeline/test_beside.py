"""Several folders are read side by side: each under its name, none takes from another."""

import shutil

import pytest
from builders_ingest import Bench


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.write("a.txt", "snow at home")
    other = tmp_path / "elsewhere"
    (other / "deep").mkdir(parents=True)
    (other / "deep" / "b.txt").write_text("snow far away")
    with bench.open() as index:
        index.source_folders.put("Far", other)
    bench.other = other
    bench.run()
    return bench


def sources(bench):
    with bench.open() as index:
        return sorted(index.files())


def test_what_is_gone_of_one_leaves_the_index_and_the_other_stays(bench):
    (bench.other / "c.txt").write_text("hail")
    shutil.rmtree(bench.other / "deep")

    assert bench.states(bench.run()) == {
        "Far/c.txt": "ready",
        "Far/deep/b.txt": "removed",
        "a.txt": "unchanged",
    }


@pytest.mark.parametrize("is_there", [False, True], ids=["away", "empty"])
def test_of_a_folder_beside_that_is_away_or_empty_all_stays_and_it_is_told(bench, is_there):
    bench.other.rename(bench.other.with_name("moved"))
    if is_there:
        bench.other.mkdir()

    report = bench.run()

    assert sources(bench) == ["Far/deep/b.txt", "a.txt"]
    (told,) = [file for file in report.files if file.source == "Far"]
    assert told.state == "skipped"
    assert "what was read of it stays" in told.reason


def test_a_folder_of_the_same_name_in_the_own_one_is_skipped_and_told(bench):
    bench.write("Far/c.txt", "hail")

    report = bench.run()

    assert sources(bench) == ["Far/deep/b.txt", "a.txt"]
    assert [f.reason for f in report.files if f.state == "skipped"] == [
        "Another folder is watched under this name. Rename one of them."
    ]
