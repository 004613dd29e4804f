"""A folder, a workspace and the ingest between them, for tests of what a person does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from builders_index import open_index
from builders_pictures import png
from fakes import FakeEmbedder, FakeReader, MadeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.discovery.discover import LOCAL_DISK
from ingest.parsers.image import parse_image
from ingest.parsers.registry import parser_for
from ingest.pipeline.pipeline import Ingest
from ingest.pipeline.progress import IngestProgress
from ingest.remote.address import folder_at
from ingest.remote.remote_disk import RemoteDisk
from rag.datamodel import NO_FILTERS
from rag.settings import Settings
from rag.storage.images.assets import AssetStore
from rag.storage.workspace.store import WorkspaceIndex


class ParsingReader(FakeReader):
    """Reads files by the program's own parsers, and letters nothing."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench

    def parse(self, file):
        self.parsed.append(file.source)
        parser = parser_for(file.media_type, settings=self._bench.settings)
        return parser.parse(file, AssetStore(self._bench.workspace / "assets", megapixels=10))

    def letter(self, document, file, *, on_page, **how):
        del file, how
        on_page(None)
        return replace(document, elements=tuple(e for e in document.elements if e.text))


class PictureBench:
    """A folder of pictures, each of one colour, and a workspace."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "folder"
        self.folder.mkdir()
        self.workspace = tmp_path / "workspace"

    def draw(self, name: str, colour: tuple[int, int, int]) -> None:
        pixels = np.full((40, 30, 3), colour, dtype=np.uint8)
        (self.folder / f"{name}.png").write_bytes(png(pixels))

    def open(self) -> WorkspaceIndex:
        return open_index(self.workspace, chunker_version=CHUNKER_VERSION)

    def ingest(
        self, index, settings, *, letter=None, on_progress=lambda _: None, stop=None, **eyes
    ):
        reader = MadeReader(lambda file: parse_image(file, index.assets, settings=settings), letter)
        work = Ingest(index, FakeEmbedder(), reader, settings, **eyes)
        return work.run(self.folder, on_progress=on_progress, stop=stop)


class Bench:
    """A folder, a workspace and everything between them; `run` is what a person does."""

    def __init__(self, tmp_path: Path, *, disk=LOCAL_DISK) -> None:
        self.folder = tmp_path / "folder"
        self.folder.mkdir()
        self.workspace = tmp_path / "workspace"
        self.reading = FakeReader()
        self.embedder = FakeEmbedder()
        self.progress: list[IngestProgress] = []
        self.settings = Settings()
        self.version = CHUNKER_VERSION
        self.disk = disk

    def read_from(self, address: str, *, max_mb: int = 100) -> None:
        """Let the folder be one elsewhere."""
        self.folder = folder_at(address, self.workspace)
        self.disk = RemoteDisk(self.workspace, max_mb=max_mb)

    def write(self, source: str, *lines: str) -> Path:
        path = self.folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def open(self) -> WorkspaceIndex:
        return open_index(self.workspace, chunker_version=self.version)

    def run(self, *, stop=None, remove_all=False):
        self.reading.parsed, self.reading.lettered = [], []
        self.embedder.calls = []
        with self.open() as index:
            ingest = Ingest(
                index,
                self.embedder,
                self.reading,
                self.settings,
                disk=self.disk,
            )
            report = ingest.run(
                self.folder,
                on_progress=self.progress.append,
                stop=stop,
                remove_all=remove_all,
            )
            assert index.check() == []
        return report

    def states(self, report):
        return {file.source: file.state for file in report.files}

    def found(self, words: str) -> list[str]:
        with self.open() as index:
            hits = index.search_lexical(words, k=10, filters=NO_FILTERS)
            return [hit.chunk.source for hit in hits]
