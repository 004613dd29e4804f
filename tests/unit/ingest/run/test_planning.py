"""The folder compared with the index: told as it goes, stopped at once, several files at a time."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from builders_archives import zipped
from builders_ingest import Bench
from faulty_disk import FaultyDisk

from ingest.files.discover import scan
from ingest.run.expand import Opened
from ingest.run.plan import LOOKED_AT_ONCE, make_plan
from rag.index.ledger.members import Member, MemberStore
from rag.settings import Settings

WAIT_S = 10


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


def plan_of(folder, **tellers):
    """Return the plan of a folder of which nothing is known."""
    return make_plan(folder, {}, settings=Settings(), tried_with="", **tellers)


def looked(bench):
    return [told for told in bench.progress if told.stage == "looking"]


def test_what_is_found_and_compared_is_told_before_anything_is_read(bench):
    for n in range(3):
        bench.write(f"{n}/a.txt", f"snow {n}")

    bench.run()

    assert bench.progress[0].stage == "looking"
    assert (looked(bench)[0].files_total, looked(bench)[0].seconds_left) == (0, None)
    assert (looked(bench)[-1].files_total, bench.progress[-1].stage) == (3, "done")


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


def planned(folder, **options):
    return make_plan(folder, {}, settings=Settings(), tried_with="", **options)


class SlowDisk(FaultyDisk):
    """Its folders below the root answer once several of them were asked."""

    def __init__(self, root, together):
        super().__init__()
        self._root, self._together = str(root), together

    def scandir(self, path):
        if path != self._root:
            self._together.wait()  # breaks where one waits for the other
        return super().scandir(path)


def test_folders_are_listed_several_at_a_time(tmp_path):
    for n in range(LOOKED_AT_ONCE):
        (tmp_path / f"{n}").mkdir()
        (tmp_path / f"{n}" / "a.txt").write_text(f"snow {n}")
    together = threading.Barrier(LOOKED_AT_ONCE, timeout=WAIT_S)

    assert len(planned(tmp_path, disk=SlowDisk(tmp_path, together)).jobs) == LOOKED_AT_ONCE


def test_what_is_found_does_not_depend_on_threads(tmp_path):
    for n in range(60):
        (tmp_path / f"{n:02}" / "deep").mkdir(parents=True)
        (tmp_path / f"{n:02}" / "deep" / "a.txt").write_text("snow")
        (tmp_path / f"{n:02}" / "b.txt").symlink_to(tmp_path / ".store" / "b.txt")
    (tmp_path / ".store").mkdir()
    (tmp_path / ".store" / "b.txt").write_text("rain")

    found, skipped = scan(tmp_path, at_once=LOOKED_AT_ONCE)

    assert (found, skipped) == scan(tmp_path)
    assert [file.source for file in found] == [
        "00/b.txt",
        *(f"{n:02}/deep/a.txt" for n in range(60)),
    ]


def test_archives_are_unpacked_several_at_a_time(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for n in range(LOOKED_AT_ONCE):
        (folder / f"{n}.zip").write_bytes(zipped({"a.txt": f"snow {n}"}))
    store = MemberStore(tmp_path / "members")
    together = threading.Barrier(LOOKED_AT_ONCE, timeout=WAIT_S)

    def unpack(file, _budget):
        together.wait()  # breaks where one waits for the other
        sha256, size_bytes = store.put([file.source.encode()])
        store.write_list(file.sha256, [Member(name="a.txt", sha256=sha256, size_bytes=size_bytes)])
        return store.read_list(file.sha256)

    plan = planned(folder, opened=Opened(store=store, unpack=unpack))

    assert len(plan.jobs) == 2 * LOOKED_AT_ONCE


def test_the_order_of_what_is_read_does_not_depend_on_threads(tmp_path):
    for n in range(300):
        (tmp_path / f"{n:03}.txt").write_text(f"snow {n}")
        (tmp_path / f"{n:03}.docx").write_text("no Word document")

    plan = planned(tmp_path)

    assert [job.file.source for job in plan.jobs] == [f"{n:03}.txt" for n in range(300)]
    assert [file.source for file, _ in plan.unreadable] == [f"{n:03}.docx" for n in range(300)]


def test_a_list_of_members_may_be_written_by_several_threads_at_a_time(tmp_path):
    store = MemberStore(tmp_path)
    members = [Member(name=f"{n}.txt", reason="It is too large.") for n in range(50)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.write_list("a" * 64, members), range(200)))

    assert store.read_list("a" * 64) == tuple(members)
    assert [path.name for path in tmp_path.iterdir()] == ["a" * 64 + ".json"]


def test_many_files_are_told_together(tmp_path):
    for n in range(200):
        (tmp_path / f"{n}.txt").write_text(f"snow {n}")
    calls = []

    def tell_many(files):
        calls.append(len(files))
        return dict.fromkeys((path for path, _ in files), "text/plain")

    plan = plan_of(tmp_path, tell=refuse, tell_many=tell_many)

    assert (sum(calls), len(plan.jobs)) == (200, 200)
    assert len(calls) < 30


def test_a_file_that_can_not_be_told_with_others_is_told_alone(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)

    plan = plan_of(
        tmp_path,
        tell=lambda path, *, name: f"text/{name}",  # noqa: ARG005 - the seam's names
        tell_many=lambda files: {path: "text/plain" for path, name in files if name == "a.txt"},
    )

    assert [job.file.media_type for job in plan.jobs] == ["text/plain", "text/b.txt"]


def refuse(path, *, name):
    raise AssertionError(f"{name} was told alone ({path})")
