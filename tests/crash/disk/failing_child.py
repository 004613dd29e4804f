"""A program that ingests in forks of itself, in each of which one call of the system fails.

It is given lines `[folder, workspace, call, n]` and tells for each what came of it, and whether the
n-th such call came at all. Opens and writes fail by `failing.c`, which is loaded before it.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crash_child import answer, came_of, open_index
from fakes import FakeEmbedder, FakeReader

from ingest.pipeline.pipeline import Ingest
from ingest.sandbox.parser_process import ParserProcess
from rag.settings import Settings

FAILING = ctypes.CDLL(None)


class Forks:
    """Counts the processes that are started; the n-th is refused."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        del arguments
        if event == "subprocess.Popen":
            self.left -= 1
            if self.left == 0:
                raise BlockingIOError(11, "Resource temporarily unavailable")


@contextmanager
def reader_of(workspace: Path, call: str) -> Iterator[FakeReader | ParserProcess]:
    if call != "fork":
        yield FakeReader()
        return
    with ParserProcess(settings=Settings(), assets_root=workspace / "assets") as reader:
        yield reader


def ingest(folder: Path, workspace: Path, call: str) -> None:
    with open_index(workspace) as index, reader_of(workspace, call) as reader:
        Ingest(index, FakeEmbedder(), reader, Settings()).run(folder, on_progress=lambda _: None)


def outcome(folder: str, workspace: str, call: str = "", n: int = 0) -> dict[str, str]:
    forks = Forks(n if call == "fork" else 0)
    sys.addaudithook(forks)
    opens, writes = (n if call == kind else 0 for kind in ("open", "write"))
    FAILING.fail_nth(workspace.encode(), ctypes.c_long(opens), ctypes.c_long(writes))
    came = came_of(lambda: ingest(Path(folder), Path(workspace), call))
    met = forks.left <= 0 if call == "fork" else FAILING.left() <= 0
    return {**came, "met": "yes" if met else ""}


if __name__ == "__main__":
    answer(outcome)
