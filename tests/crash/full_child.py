"""A program that ingests in forks of itself, in which no file may grow beyond a limit.

It is given lines `[folder, workspace, limit in bytes]` and tells for each what came of it. To a
program a limit on the size of files is what a full disk is, and needs no rights.
"""

import resource
from pathlib import Path

import numpy as np
from crash_child import answer, came_of, open_index
from fakes import FakeEmbedder, FakeReader, MadeReader

from ingest.pipeline.pipeline import Ingest
from rag.datamodel import Element
from rag.settings import Settings


def ingest(folder: Path, workspace: Path) -> None:
    reader = FakeReader()
    with open_index(workspace) as index:

        def parse(file):
            document = reader.parse(file)
            noise = np.random.default_rng(file.size_bytes).integers(0, 255, (500, 700, 3), np.uint8)
            figure = Element(role="figure", text="noise", image=index.assets.put(noise))
            object.__setattr__(document, "elements", (*document.elements, figure))
            return document

        made = MadeReader(parse, reader.letter)
        Ingest(index, FakeEmbedder(), made, Settings()).run(folder, on_progress=lambda _: None)


def outcome(folder: str, workspace: str, limit_bytes: int) -> dict[str, str]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, resource.RLIM_INFINITY))
    return came_of(lambda: ingest(Path(folder), Path(workspace)))


if __name__ == "__main__":
    answer(outcome)
