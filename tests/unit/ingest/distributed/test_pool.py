"""Files read by a Ray of two workers on this machine: the same as by our own children."""

import os
import sys
import threading
import time
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from builders_ingested import ingested
from builders_pictures import lettered, picture_file, source_file
from server_run import free_port

from ingest.distributed.pool import RayPool
from ingest.sandbox.jobs import ParseJob, Setup
from ingest.sandbox.parser_process import ParserProcess
from ingest.sandbox.stopping import until
from ingest.sandbox.worker import StoppedError
from rag.errors import PagelightError, SettingsError, SourceError, WorkspaceError
from rag.models.embeddings.embedders import minilm
from rag.settings import Settings

# Ray is not imported here: its token must be set before.
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        "CI" not in os.environ or find_spec("ray") is None,
        reason="Ray takes half a minute to start: CI=1 runs this, where ray is installed",
    ),
]

NEAR = 0.005
"""Cosines of the built-in model's, whose numbers have eight bits."""

MAX_S = 5.0

SETTINGS = Settings(file_seconds=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with text, a picture to letter, an archive, and a file that is broken."""
    folder = tmp_path_factory.mktemp("folder")
    for number in range(6):
        words = f"Snow report {number}.\n\nThe depth was {number} metres."
        (folder / f"{number}.txt").write_text(words, encoding="utf-8")
    sign = lettered([("Weather station", 40, 40), ("2061 metres", 40, 120)], size=(420, 200))
    picture_file(folder, sign, name="sign.png")
    with zipfile.ZipFile(folder / "year.zip", "w") as archive:
        archive.writestr("inner.md", "# Rime\n\nIt grows against the wind.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Return a reader over two workers of Ray, and where it keeps pictures."""
    assets = tmp_path_factory.mktemp("ray") / "assets"
    setup = Setup(settings=SETTINGS, assets_root=assets, ocr_threads=1, nice=0)
    pool = RayPool(setup, minilm, cpus=2)
    with ParserProcess(settings=SETTINGS, assets_root=assets, elsewhere=pool) as reader:
        yield reader, pool, assets.parent


def test_two_workers_of_ray_read_and_embed_what_is_read_and_embedded_here(
    tmp_path, folder, cluster
):
    reader, pool, workspace = cluster
    with ParserProcess(settings=SETTINGS, assets_root=tmp_path / "w" / "assets") as local:
        here = ingested(tmp_path / "w", folder, local, SETTINGS)
    there = ingested(workspace, folder, reader, SETTINGS, pool=pool)

    assert reader.parsers == 2
    assert there[:2] == here[:2]
    # What is embedded in one call rounds by the others in it.
    assert there[2] == pytest.approx(here[2], abs=NEAR)
    assert {state for _, state, _, _ in there[0]} == {"ready", "failed"}
    assert any("2061 metres" in text for _, text, _, _ in there[1].values())


def test_a_file_that_is_not_read_there_has_the_reason_that_it_has_here(folder, cluster):
    file = source_file(folder / "broken.pdf", media_type="application/pdf")

    with pytest.raises(SourceError, match=r"damaged|PDF"):
        cluster[0].parse(file)


def test_what_progress_raises_ends_the_work_and_the_reader_serves_again(folder, cluster):
    reader, *_ = cluster
    file = source_file(folder / "sign.png", media_type="image/png")
    document = reader.parse(file)

    def full(*_):
        raise OSError("full")

    cache = SimpleNamespace(get=lambda _: None, put=full)
    with pytest.raises(OSError, match="full"):
        reader.letter(document, file, on_page=lambda _: None, cache=cache, unreadable={})
    assert reader.parse(file).pending


def test_a_file_that_takes_minutes_is_given_up_soon_after_a_stop(tmp_path, folder, cluster):
    rows = "".join(f"{n},station {n % 7},{n % 40 - 20}.5,{n % 300} cm\n" for n in range(3_000_000))
    (tmp_path / "snow.csv").write_text(f"number,place,degrees,snow\n{rows}", encoding="utf-8")
    stop, stopped_s = threading.Event(), []

    def look(reply):
        del reply
        if not stop.is_set():
            stopped_s.append(time.monotonic())
            stop.set()

    job = ParseJob(file=source_file(tmp_path / "snow.csv", media_type="text/csv"))
    with pytest.raises(StoppedError):
        until(stop, cluster[1].do)(job, on_reply=look)

    assert time.monotonic() - stopped_s[0] < MAX_S
    assert cluster[0].parse(source_file(folder / "1.txt", media_type="text/plain")).elements


def test_a_machine_that_does_not_see_the_folder_fails_the_whole_and_no_file(folder, cluster):
    file = source_file(folder / "1.txt", media_type="text/plain")

    with pytest.raises(WorkspaceError, match="does not see /elsewhere"):
        cluster[0].parse(replace(file, root="/elsewhere"))


def test_a_cluster_that_is_not_there_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{free_port()}")
    setup = Setup(settings=SETTINGS, assets_root=tmp_path, ocr_threads=1, nice=0)

    with pytest.raises(PagelightError, match=r"cluster at 127\S+ does not answer"):
        RayPool(setup, minilm)


def test_a_missing_ray_is_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    setup = Setup(settings=SETTINGS, assets_root=tmp_path, ocr_threads=1, nice=0)

    with pytest.raises(SettingsError, match=r"not installed\. Run: pip install ray"):
        RayPool(setup, minilm)
