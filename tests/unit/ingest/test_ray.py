"""Files read by a Ray of two machines, one of which is killed: the same as by our own children.

The second machine is a process here. Ray starts once for all tests.
"""

import os
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from builders_ingested import ingested
from builders_pictures import lettered, picture_file, source_file
from server_run import free_port

from ingest.ray_cluster import RayPool
from ingest.sandbox.jobs import ParseJob, Setup
from ingest.sandbox.parser_process import ParserProcess
from ingest.sandbox.stopping import until
from ingest.sandbox.worker import StoppedError
from rag.errors import PagelightError, SettingsError, SourceError, WorkspaceError
from rag.models.embedders import minilm
from rag.settings import Settings

# Ray is not imported here: its token must be set before.
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        "CI" not in os.environ or find_spec("ray") is None,
        reason="Ray takes long to start: CI=1 runs this, where ray is installed",
    ),
]

NEAR = 0.005
"""Cosines of the built-in model's, whose numbers have eight bits."""

MAX_S = 5.0
SETTINGS = Settings(file_seconds=60)
NOTES, DAYS = 20, 5
WORDS = (
    "snow depth rime wind gauge ridge summit frost station winch cable hut path slope cloud ice "
    "thaw rain mast sensor logbook keeper valley storm drift sun night morning reading error"
).split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return notes to embed by several calls, a sign to letter, an archive, and a broken file."""
    folder = tmp_path_factory.mktemp("folder")
    for number in range(NOTES):
        drawn = Random(number)
        days = (f"# Day {day}\n\n{' '.join(drawn.choices(WORDS, k=30))}." for day in range(DAYS))
        (folder / f"{number}.md").write_text("\n\n".join(days), encoding="utf-8")
    sign = lettered([("Weather station", 40, 40), ("2061 metres", 40, 120)], size=(420, 200))
    picture_file(folder, sign, name="sign.png")
    with zipfile.ZipFile(folder / "year.zip", "w") as archive:
        archive.writestr("inner.md", "# Rime\n\nIt grows against the wind.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Return a pool over two machines of one processor, its reader, and the second machine."""
    assets = tmp_path_factory.mktemp("ray") / "assets"
    pool = RayPool(setup_at(assets), minilm, cpus=1)
    import ray  # noqa: PLC0415 - after its token was set

    address = ray.get_runtime_context().gcs_address
    start = [Path(sys.executable).with_name("ray"), "start", "--address", address, "--block"]
    machine = subprocess.Popen(
        [*start, "--num-cpus=1", "--object-store-memory=100000000"],
        stdout=subprocess.DEVNULL,
    )
    while ray.cluster_resources().get("CPU", 0) < 2:
        assert machine.poll() is None
        time.sleep(0.1)
    with ParserProcess(settings=SETTINGS, assets_root=assets, elsewhere=pool) as reader:
        yield SimpleNamespace(
            pool=pool, reader=reader, machine=machine, address=address, workspace=assets.parent
        )
    machine.kill()
    machine.wait()


def setup_at(assets):
    return Setup(settings=SETTINGS, assets_root=assets, nice=0)


def test_a_cluster_that_runs_already_is_used(cluster):
    code = "from ingest.ray_cluster import started; print(started(None).cluster_resources())"
    environment = os.environ | {"RAY_ADDRESS": cluster.address}
    told = subprocess.check_output([sys.executable, "-c", code], env=environment)

    assert b"'CPU': 2.0" in told


def test_what_two_machines_read_and_embed_is_what_is_here_though_one_is_killed(
    tmp_path, folder, cluster
):
    """Nothing is lost, and nothing there twice."""
    with ParserProcess(settings=SETTINGS, assets_root=tmp_path / "w" / "assets") as local:
        here = ingested(tmp_path / "w", folder, local, SETTINGS)
    assert cluster.pool.size == cluster.reader.parsers == 2
    done = []

    def kill_once(progress):
        if progress.stage == "reading" and progress.files_done and not done:
            done.append(progress.files_done)
            cluster.machine.kill()

    there = ingested(
        cluster.workspace,
        folder,
        cluster.reader,
        SETTINGS,
        pool=cluster.pool,
        gathered=2 * DAYS,
        patient=True,
        on_progress=kill_once,
    )

    assert done[0] < NOTES
    assert there[:2] == here[:2]
    # What is embedded in one call rounds by the others in it.
    assert there[2] == pytest.approx(here[2], abs=NEAR)
    assert {state for _, state, _, _ in there[0]} == {"ready", "failed"}
    assert any("2061 metres" in text for _, text, _, _ in there[1].values())


def test_a_file_that_is_not_read_there_has_the_reason_that_it_has_here(folder, cluster):
    file = source_file(folder / "broken.pdf", media_type="application/pdf")

    with pytest.raises(SourceError, match=r"damaged|PDF"):
        cluster.reader.parse(file)


def test_what_progress_raises_ends_the_work_and_the_reader_serves_again(folder, cluster):
    file = source_file(folder / "sign.png", media_type="image/png")
    document = cluster.reader.parse(file)

    def full(*_):
        raise OSError("full")

    cache = SimpleNamespace(get=lambda _: None, put=full)
    with pytest.raises(OSError, match="full"):
        cluster.reader.letter(document, file, on_page=lambda _: None, cache=cache, unreadable={})
    assert cluster.reader.parse(file).pending


def test_a_file_that_takes_minutes_is_given_up_soon_after_a_stop(tmp_path, folder, cluster):
    (tmp_path / "snow.csv").write_text("place,snow\n" + "station 3,300 cm\n" * 3_000_000)
    stop, stopped_s = threading.Event(), []

    def look(reply):
        del reply
        if not stop.is_set():
            stopped_s.append(time.monotonic())
            stop.set()

    job = ParseJob(file=source_file(tmp_path / "snow.csv", media_type="text/csv"))
    with pytest.raises(StoppedError):
        until(stop, cluster.pool.do)(job, on_reply=look)

    assert time.monotonic() - stopped_s[0] < MAX_S
    assert cluster.reader.parse(source_file(folder / "1.md", media_type="text/markdown")).elements


def test_a_machine_that_does_not_see_the_folder_fails_the_whole_and_no_file(folder, cluster):
    file = source_file(folder / "1.md", media_type="text/markdown")

    with pytest.raises(WorkspaceError, match="does not see /elsewhere"):
        cluster.reader.parse(replace(file, root="/elsewhere"))


def test_a_cluster_that_is_not_there_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{free_port()}")

    with pytest.raises(PagelightError, match=r"cluster at 127\S+ does not answer"):
        RayPool(setup_at(tmp_path), minilm)


def test_a_missing_ray_is_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(SettingsError, match=r"not installed\. Run: pip install ray"):
        RayPool(setup_at(tmp_path), minilm)
