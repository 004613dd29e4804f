"""A program that ingests in forks of itself, one for each line `[folder, workspace]` it is given.

What takes time to import or to load is there once; each fork is a process that can be killed.
"""

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import builders_index
import chromadb  # noqa: F401 - imported before the forks, so that they start at once
from fakes import FakeEmbedder, FakeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.chunking.cutting import language_of
from ingest.pipeline.pipeline import Ingest
from rag.errors import PagelightError
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex


def open_index(workspace: Path, *, version: str = CHUNKER_VERSION) -> WorkspaceIndex:
    return builders_index.open_index(workspace, chunker_version=version)


def ingest(folder: Path, workspace: Path) -> None:
    reader = FakeReader()
    with open_index(workspace) as index:
        Ingest(index, FakeEmbedder(), reader, Settings()).run(folder, on_progress=lambda _: None)


def _ingest_and_exit(run: Callable[[Path, Path], None], folder: Path, workspace: Path) -> None:
    try:
        run(folder, workspace)
    except PagelightError:
        os._exit(1)
    os._exit(0)


def serve(run: Callable[[Path, Path], None] = ingest) -> None:
    """Run in a fork for each line that comes in; tell its process id, and how it ended."""
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads does not fork safely")
    language_of([str(__doc__)])  # its model is read before the forks, as libraries are
    print("ready", flush=True)  # noqa: T201 - this is how it speaks to the test
    for line in sys.stdin:
        folder, workspace = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _ingest_and_exit(run, Path(folder), Path(workspace))
        print(pid, flush=True)  # noqa: T201 - as above
        _, status = os.waitpid(pid, 0)
        print(status, flush=True)  # noqa: T201 - as above


def came_of(work: Callable[[], None]) -> dict[str, str]:
    """Return how it ended: done, with a sentence for a person, or with a bug."""
    try:
        work()
    except PagelightError as error:
        return {"said": str(error)}
    except BaseException:  # noqa: BLE001 - told to the test, which fails by it
        return {"bug": traceback.format_exc()}
    return {"done": "yes"}


def answer(outcome: Callable[..., dict[str, str]]) -> None:
    """Tell what came of each line of arguments, each in a fork of its own."""
    language_of([str(__doc__)])  # its model is read before the forks, as libraries are
    for line in sys.stdin:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(theirs, json.dumps(outcome(*json.loads(line))).encode())
            os._exit(0)
        os.close(theirs)
        os.waitpid(pid, 0)
        with os.fdopen(ours) as told:
            print(told.read(), flush=True)  # noqa: T201 - this is how it speaks to the test


if __name__ == "__main__":
    serve()
