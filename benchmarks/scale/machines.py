"""What it costs that machines share a PostgreSQL: documents that go along, what people say.

python -m benchmarks.scale.machines URL FOLDER [--documents 1000]

URL is an empty database, FOLDER a new folder for the workspaces of two machines, which this process
plays both. Documents are made up, ten passages each, with vectors of 384 numbers. Seconds are those
of the clock, "cpu" those that this process worked: the database works in others.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import psycopg

from benchmarks.scale.large import CENTRES, DIM, Watch, made_up
from benchmarks.scale.series import A_DOCUMENT, DOCUMENTS_A_COMMIT, made
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.storage.conversations.conversations import Exchange
from rag.storage.workspace.store import WorkspaceIndex

TALKS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    options = parser.parse_args()
    with (
        _machine(options.folder / "one", options.url) as one,
        _machine(options.folder / "two", options.url) as two,
        _machine(options.folder / "alone", "") as alone,
    ):
        _documents(one, two, options.documents)
        _one_more(one, two, options.documents)
        _size(options.url)
        for name, index in (("PostgreSQL", one), ("SQLite", alone)):
            _people(name, index)


def _machine(workspace: Path, url: str) -> WorkspaceIndex:
    workspace.mkdir(parents=True)
    index = WorkspaceIndex.open(
        workspace, model_id="made", dim=DIM, chunker_version=CHUNKER_VERSION, database_url=url
    )
    index.take_over()
    return index


def _documents(one: WorkspaceIndex, two: WorkspaceIndex, count: int) -> None:
    centres, words = np.random.default_rng(0).standard_normal((CENTRES, DIM)), made_up()
    passages, watch = count * A_DOCUMENT, Watch()
    for first in range(0, count, DOCUMENTS_A_COMMIT):
        numbers = range(first, min(first + DOCUMENTS_A_COMMIT, count))
        one.put_all([made(n, centres, words) for n in numbers])
    print(f"stored    {passages} passages  {watch.lap(passages)}")
    _share(one)
    print(f"sent      {passages} passages  {watch.lap(passages)}")
    _share(two)
    print(f"taken in  {passages} passages  {watch.lap(passages)}")


def _one_more(one: WorkspaceIndex, two: WorkspaceIndex, number: int) -> None:
    centres, words = np.random.default_rng(0).standard_normal((CENTRES, DIM)), made_up()
    one.put_all([made(number, centres, words)])
    sent_s = _seconds(lambda: _share(one))
    taken_s = _seconds(lambda: _share(two))
    idle_s = _seconds(lambda: _share(one)), _seconds(lambda: _share(two))
    print(f"one more  sent {sent_s * 1e3:.0f} ms, taken in {taken_s * 1e3:.0f} ms")
    print(f"nothing   owner {idle_s[0] * 1e3:.1f} ms, follower {idle_s[1] * 1e3:.1f} ms")


def _size(url: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    if row is not None:
        print(f"database  {row[0] / 1e6:.0f} MB")


def _people(name: str, index: WorkspaceIndex) -> None:
    talks = [f"{n:016x}" for n in range(TALKS)]
    token = index.sessions.begin("ann", secret="of a benchmark")  # noqa: S106 - nobody's

    def put(talk: str) -> None:
        index.conversations.put(talk, Exchange(id="1", question="How much snow fell?"))

    told = {
        "keep": [_seconds(partial(put, talk)) for talk in talks],
        "show": [_seconds(partial(index.conversations.get, talk)) for talk in talks],
        "list": [_seconds(index.conversations.records) for _ in talks],
        "who": [_seconds(lambda: index.sessions.find(token)) for _ in talks],
    }
    shown = ", ".join(f"{what} {median(times) * 1e3:.2f} ms" for what, times in told.items())
    print(f"{name:10} {shown}")


def _share(index: WorkspaceIndex) -> None:
    while index.share():
        continue


def _seconds(do: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    do()
    return time.perf_counter() - began_s


if __name__ == "__main__":
    main()
