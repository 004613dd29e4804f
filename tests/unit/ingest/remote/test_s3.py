"""Documents on an S3 server: what is fetched, what is kept of it, and every way that it fails."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from builders_ingest import Bench
from s3_run import SECRET, Bucket, S3Run
from server_run import free_port

from ingest.discovery.discover import scan
from ingest.remote.address import folder_at, room_of
from ingest.remote.remote_disk import RemoteDisk, UnfetchedError
from pagelight.services.rendering.originals import Originals
from rag.storage.database.servers import Roots
from rag.storage.images.server import RemoteError


@pytest.fixture
def bench(tmp_path, bucket):
    made = Bench(tmp_path)
    made.read_from(f"s3://{bucket.name}/reports")
    return made


def listed(root: Path, *, max_mb=100):
    """Return the files of an address as they are, and what fetches them."""
    disk = RemoteDisk(root.parents[2], max_mb=max_mb)
    found, skipped = scan(root, disk=disk)
    return found, skipped, disk


def kept(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def reasons(report):
    return {file.source: file.reason for file in report.files if file.state != "ready"}


# What is fetched


def test_a_file_is_fetched_once_and_no_more_while_it_is_as_it_was(bench, bucket):
    bucket.put("reports/a.txt", b"snow")
    bucket.put("reports/scan.txt", b"SCAN")
    bench.run()
    bench.run()
    bucket.put("reports/a.txt", b"rain")
    bench.run()

    assert sorted(bucket.fetched()) == ["reports/a.txt", "reports/a.txt", "reports/scan.txt"]


def test_without_room_nothing_is_kept_and_all_is_read(bench, bucket):
    bench.read_from(f"s3://{bucket.name}/reports", max_mb=0)
    bucket.put("reports/a.txt", b"snow")
    bucket.put("reports/scan.txt", b"SCAN")

    report = bench.run()

    assert set(bench.states(report).values()) == {"ready"}
    assert bench.found("lettering") == ["scan.txt"]
    assert kept(bench.folder) == []


# What changes meanwhile


class Later(RemoteDisk):
    """Does something once the files have been listed."""

    def __init__(self, workspace, then):
        super().__init__(workspace, max_mb=100)
        self._then = [then]

    def scandir(self, path, /):
        listed = super().scandir(path)
        while self._then:
            self._then.pop()()
        return listed


def later(bench, then):
    bench.disk = Later(bench.workspace, then)


def test_a_file_that_went_away_after_it_was_listed_is_told_and_stops_no_other(bench, bucket):
    bucket.put("reports/a.txt", b"snow")
    bucket.put("reports/b.txt", b"rain")
    later(bench, lambda: bucket.delete("reports/a.txt"))

    report = bench.run()

    assert bench.states(report) == {"a.txt": "failed", "b.txt": "ready"}
    assert reasons(report) == {"a.txt": "It went away after it was listed."}
    assert bench.states(bench.run()) == {"a.txt": "removed", "b.txt": "unchanged"}


def test_a_file_that_changed_after_it_was_listed_is_read_by_the_next_ingest(bench, bucket):
    bucket.put("reports/a.txt", b"snow")
    later(bench, lambda: bucket.put("reports/a.txt", b"rain"))

    assert "changed while it was read" in reasons(bench.run())["a.txt"]

    assert bench.states(bench.run()) == {"a.txt": "ready"}
    assert bench.found("rain") == ["a.txt"]


def test_a_file_that_grew_after_it_was_listed_does_not_fill_the_disk(tmp_path, bucket):
    bucket.put("a.bin", b"snow")
    root = folder_at(f"s3://{bucket.name}", tmp_path)
    (file,), _, fetched = listed(root)
    bucket.put("a.bin", os.urandom(5_000_000))
    room = room_of(root)
    assert room is not None

    with (
        pytest.raises(UnfetchedError, match="larger than it was listed"),
        fetched.open_for_reading(file.path),
    ):
        pass

    assert kept(room.folder) == ["address"]


# Whole addresses


def test_keys_that_are_refused_are_told_and_nothing_leaves_the_index(bench, bucket, s3):
    bucket.put("reports/a.txt", b"snow")
    bench.run()
    httpx.post(f"{s3.url}/moto-api/reset-auth", content="0", trust_env=False)
    try:
        with pytest.raises(
            RemoteError, match=r"may not be read: the server refuses it.*AWS_SECRET"
        ):
            bench.run()
    finally:
        httpx.post(f"{s3.url}/moto-api/reset-auth", content="1000000000", trust_env=False)

    assert bench.found("snow") == ["a.txt"]


def test_keys_are_stored_nowhere(bench, bucket):
    bucket.put("reports/a.txt", b"snow")
    bench.run()

    stored = [path for path in bench.workspace.rglob("*") if path.is_file()]
    assert len(stored) > 5
    assert not [path for path in stored if SECRET.encode() in path.read_bytes()]


def test_a_server_that_is_off_is_told_and_nothing_leaves_the_index(bench, bucket, monkeypatch):
    bucket.put("reports/a.txt", b"snow")
    bench.run()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    bench.read_from(f"s3://{bucket.name}/reports")

    with pytest.raises(RemoteError, match="can't be reached: Could not connect") as off:
        bench.run()

    assert "list-type" not in str(off.value)
    assert bench.found("snow") == ["a.txt"]


@pytest.fixture
def running(tmp_path):
    """Return a server of its own, to be stopped and started again."""
    server = S3Run(tmp_path)
    server.start()
    yield server
    server.stop()


def test_a_server_that_goes_off_amid_the_work_is_waited_for_once(tmp_path, running, monkeypatch):
    server = running
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    bucket = Bucket(server, "documents")
    for number in range(50):
        bucket.put(f"{number:02}.txt", b"snow %d" % number)
    bench = Bench(tmp_path)
    bench.read_from("s3://documents")
    later(bench, server.stop)

    report = bench.run()

    assert set(bench.states(report).values()) == {"failed"}
    assert all("can't be reached" in reason for reason in reasons(report).values())
    server.start()  # empty, as it was killed
    Bucket(server, "documents").put("00.txt", b"snow 0")
    bench.read_from("s3://documents")
    assert bench.states(bench.run())["00.txt"] == "ready"


@pytest.mark.parametrize(
    ("address", "hint"),
    [("s3://bucket", r"pip install 'pagelight\[s3\]'"), ("gs://bucket", "gcsfs")],
)
def test_what_is_not_installed_is_told_with_what_brings_it(address, hint):
    program = f"""
import sys
sys.modules["s3fs"] = sys.modules["gcsfs"] = None
from rag.storage.images.server import FileServer
FileServer({address!r}).root()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert "is not installed" in done.stderr
    assert re.search(hint, done.stderr)


# Pages


def test_a_page_is_fetched_when_it_is_looked_at_and_only_in_its_own_version(bench, bucket):
    bench.read_from(f"s3://{bucket.name}/reports", max_mb=0)
    bucket.put("reports/a.txt", b"snow")
    bench.run()
    with bench.open() as index:
        (doc,) = (index.document(record.id) for record in index.documents())
    _, _, fetched = listed(bench.folder, max_mb=1)
    found = originals(bench, fetched).find(doc)

    assert found is not None
    assert found.read_bytes() == b"snow"
    found.unlink()
    bucket.put("reports/a.txt", b"rain")
    _, _, fetched = listed(bench.folder, max_mb=1)
    assert originals(bench, fetched).find(doc) is None


def originals(bench, fetched) -> Originals:
    return Originals(lambda: Roots(own=bench.folder), bench.workspace, fetch=fetched.keep)


# Lending


def test_a_recording_comes_with_its_subtitles_and_they_know_of_it(tmp_path, bucket):
    bucket.put("talk.mp4", b"film")
    bucket.put("talk.srt", b"lines")
    root = folder_at(f"s3://{bucket.name}", tmp_path)
    (film, lines), _, fetched = listed(root, max_mb=0)

    with fetched.open_for_reading(lines.path):
        assert kept(root) == ["talk.mp4", "talk.srt"]
        assert bucket.fetched() == ["talk.srt"]
    with fetched.open_for_reading(film.path):
        assert Path(film.path).read_bytes() == b"film"
        assert Path(lines.path).read_bytes() == b"lines"
