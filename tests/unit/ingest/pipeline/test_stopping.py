"""An ingest that is stopped gives up the file at hand where that takes long."""

import threading
import time
from pathlib import Path

import pytest
from builders_index import open_index
from fakes import FakeEmbedder

from ingest.pipeline.ahead import PauseControl
from ingest.pipeline.pipeline import Ingest
from ingest.sandbox.parser_process import ParserProcess
from ingest.sandbox.stopping import PATIENCE_S, Patience, until
from rag.settings import Settings

TABLE_MB = 40
MAX_S = 5.0


@pytest.fixture
def vast_table(tmp_path) -> Path:
    """Return a folder with one long table."""
    (tmp_path / "in").mkdir()
    rows = "".join(f"{n},station {n % 7},{n % 40 - 20}.5,{n % 300} cm\n" for n in range(30_000))
    block = rows.encode()
    with (tmp_path / "in" / "snow.csv").open("wb") as file:
        file.write(b"number,place,degrees,snow\n")
        while file.tell() < TABLE_MB * 1_000_000:
            file.write(block)
    return tmp_path / "in"


def test_a_stop_amid_a_vast_table_ends_in_seconds_and_how_far_it_was_is_told(vast_table, tmp_path):
    brake, embedder = PauseControl(), FakeEmbedder()
    shares, stopped_s = [], []

    def look(source: str, share: float) -> None:
        shares.append((source, share))
        if len(shares) == 4:
            stopped_s.append(time.monotonic())
            brake.set()

    readers = ParserProcess(
        settings=Settings(),
        assets_root=tmp_path / "w" / "assets",
        on_share=look,
    )
    with (
        readers as reader,
        open_index(tmp_path / "w") as index,
    ):
        tools = (index, embedder, reader, Settings())
        report = Ingest(*tools).run(vast_table, on_progress=lambda _: None, stop=brake)
        ended_s = time.monotonic()

    assert ended_s - stopped_s[0] < MAX_S
    assert report.stopped
    assert report.files == ()  # it is for the next ingest
    assert {source for source, _ in shares} == {"snow.csv"}
    assert 0 <= shares[0][1] < shares[-1][1] < 1


def test_a_job_is_wanted_until_its_stop_was_set_for_a_while():
    stop = threading.Event()

    def job() -> list[bool]:
        patience = Patience()
        told = [patience.is_over]
        stop.set()
        told.append(patience.is_over)
        time.sleep(PATIENCE_S + 0.1)
        return [*told, patience.is_over]

    assert until(stop, job)() == [False, False, True]
