"""Pictures at an address whose server goes off amid an ingest, or whose writer is killed.

Nothing is lost, nothing is there twice, and the next run ends as an undisturbed one.
"""

import random
import threading
from contextlib import ExitStack

import httpx
import pytest
from builders_pictured import open_pictured, pictures_of, read_pictures
from crash.forks import forking
from crash.picturing_child import address_beside
from s3_run import Bucket, S3Run

from rag.storage.images.picture_bucket import OWNER
from rag.storage.images.server import PART, FileServer, RemoteError

FILES = 40
HALF = FILES // 2
ROUNDS = 4
SEED = 2026


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    for number in range(FILES):
        (made / f"{number:02}.txt").write_text(f"{number}\n{number + 1}\n{number + 100}")
    return made


@pytest.fixture
def server(tmp_path, monkeypatch):
    started = S3Run(tmp_path)
    started.start()
    for name, value in started.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield started
    started.stop()


def made_bucket(server):
    bucket = Bucket(server, "pictures")
    bucket.close()
    return f"s3://{bucket.name}/of-one"


def there(address):
    found = FileServer(address).below()
    return {name: entry.size_bytes for name, entry in found.items() if name != OWNER}


def content(index):
    """Return all that is stored, in a form that two workspaces can be compared by."""
    assert index.check() == []
    return (
        sorted((record.id, record.sources, record.state) for record in index.documents()),
        {record.id: index.chunks_of(record.id) for record in index.documents()},
        {text: index.assets.pixels(image).tolist() for text, image in pictures_of(index).items()},
    )


@pytest.fixture
def undisturbed(folder, tmp_path):
    """Return what an ingest ends with that nothing disturbs, and the pictures at its address."""
    address = f"file://{tmp_path}/undisturbed-pictures"
    with open_pictured(tmp_path / "undisturbed", address) as index:
        read_pictures(index, folder)
        return content(index), there(address)


def kill(server):
    server.stop()


def restart(server):
    server.start()  # empty
    made_bucket(server)


def refuse(server, *, after=0):
    allowed = f"{server.url}/moto-api/reset-auth"
    httpx.post(allowed, content=str(after), trust_env=False)


def allow(server):
    refuse(server, after=1_000_000_000)


@pytest.mark.parametrize("how", [(kill, restart, HALF), (refuse, allow, HALF)])
def test_a_server_that_goes_off_amid_an_ingest(folder, server, undisturbed, tmp_path, how):
    off, on, after = how
    address, seen, is_off = made_bucket(server), [], threading.Event()

    def before(file):
        seen.append(file.source)
        if len(seen) == after:
            amid.callback(on, server)
            amid.callback(is_off.wait)  # first: another thread may see that it is off before
            off(server)
            is_off.set()

    with open_pictured(tmp_path / "w", address) as index:
        with ExitStack() as amid:
            with pytest.raises(RemoteError) as told:
                read_pictures(index, folder, before=before)
            assert "\n" not in str(told.value)
            assert address in str(told.value)
            stored = index.documents()
            assert len(stored) < FILES

        report = read_pictures(index, folder)
        unchanged = [file.source for file in report.files if file.state == "unchanged"]
        assert sorted(unchanged) == sorted(source for one in stored for source in one.sources)
        assert (content(index), there(address)) == undisturbed


def test_who_is_killed_amid_an_ingest(folder, undisturbed, tmp_path):
    rng, workspace = random.Random(SEED), tmp_path / "w"
    with forking("picturing_child.py") as forks:
        whole_s = forks.timed(folder, tmp_path / "timed")
        met = 0
        for _ in range(ROUNDS):
            met += forks.kill_after(rng.uniform(0.2, 0.9) * whole_s, folder, workspace)
            with open_pictured(workspace, address_beside(workspace)) as index:
                assert all(found.kind == "stray" for found in index.check())
        forks.start(folder, workspace)
        assert forks.wait() == 0

    with open_pictured(workspace, address_beside(workspace)) as index:
        assert content(index) == undisturbed[0]
    whole = {
        name: size
        for name, size in there(address_beside(workspace)).items()
        if not name.endswith(PART)
    }
    assert whole == undisturbed[1]
    assert met
