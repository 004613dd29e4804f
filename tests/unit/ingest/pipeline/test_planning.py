"""The folder compared with the index: told as it goes, stopped at once, several files at a time."""

import shutil
import threading

import pytest
from builders_index import open_index
from builders_ingest import Bench
from fakes import FakeReader

from ingest.pipeline.plan import make_plan
from rag.settings import Settings


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


class StopAt(list):
    """Progress that stops the run at the first moment that `fits`."""

    def __init__(self, fits):
        super().__init__()
        self.stop = threading.Event()
        self._fits = fits

    def append(self, progress):
        super().append(progress)
        if self._fits(progress):
            self.stop.set()


@pytest.mark.parametrize("total", [0, 3], ids=["listing", "comparing"])
def test_a_run_that_is_stopped_while_it_looks_changes_nothing(bench, total):
    for n in range(3):
        bench.write(f"{n}/a.txt", f"snow {n}")
    bench.run()
    shutil.rmtree(bench.folder / "0")
    bench.write("1/a.txt", "hail")
    bench.write("9/b.txt", "rain")
    bench.progress = StopAt(lambda told: told.files_total == total)

    report = bench.run(stop=bench.progress.stop)

    assert (report.stopped, report.files) == (True, ())
    assert {told.stage for told in bench.progress} == {"looking", "done"}
    assert bench.found("snow") != bench.found("hail") == []
    assert len(bench.found("snow")) == 3
    bench.progress = []
    assert bench.states(bench.run()) == {
        "0/a.txt": "removed",
        "1/a.txt": "ready",
        "2/a.txt": "unchanged",
        "9/b.txt": "ready",
    }


def test_a_file_that_can_not_be_told_with_others_is_told_alone(tmp_path):
    (folder := tmp_path / "folder").mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(name)

    class Telling(FakeReader):
        def tell(self, path, *, name):
            del path
            return f"text/{name}"

        def tell_many(self, files):
            return {path: "text/plain" for path, name in files if name == "a.txt"}

    with open_index(tmp_path / "w") as index:
        plan = make_plan(folder, {}, index, Telling(), settings=Settings(), tried_with="")

    assert [job.file.media_type for job in plan.jobs] == ["text/plain", "text/b.txt"]
