"""As many files are parsed, and as many read for lettering, at a time as there are processes."""

import threading

import pytest
from builders_ingest import Bench
from fakes import MadeReader

from ingest.chunking.chunker import chunk_document
from ingest.pipeline.pipeline import Ingest

WAIT_S = 60.0
"""Never waited for unless fewer work at a time than should."""


class Together:
    """Does work only when so many threads do it at the same time."""

    def __init__(self, work, count):
        self._work = work
        self._barrier = threading.Barrier(count)
        self.rounds = 0

    def __call__(self, *args, **options):
        if self._barrier.wait(timeout=WAIT_S) == 0:
            self.rounds += 1
        return self._work(*args, **options)


@pytest.mark.parametrize("count", [2, 8])
def test_no_parser_and_no_reader_is_idle_while_files_wait(tmp_path, count):
    bench = Bench(tmp_path)
    for n in range(2 * count):
        bench.write(f"{n}.txt", f"file {n}", "SCAN")
    parse = Together(bench.reading.parse, count)
    letter = Together(bench.reading.letter, count)
    with bench.open() as index:
        ingest = Ingest(
            index,
            bench.embedder,
            chunk_document,
            MadeReader(parse, letter, parsers=count, readers=count),
            bench.settings,
        )
        report = ingest.run(bench.folder, on_progress=lambda _: None)

    assert set(bench.states(report).values()) == {"ready"}
    assert (parse.rounds, letter.rounds) == (2, 2)
