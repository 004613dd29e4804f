"""A program that ingests in forks of itself: a file beside FOLDER names the version, and the end.

The end is the call of the embedder at which the fork kills itself; 0: never.
"""

import os
import signal
from dataclasses import replace
from pathlib import Path

from crash.crash_child import open_index, serve
from fakes import FakeEmbedder, FakeReader

from ingest.pipeline.pipeline import Ingest
from rag.settings import Settings


class VersionReader(FakeReader):
    """What it reads or letters ends with the version."""

    def __init__(self, version):
        super().__init__()
        self._ending = f" by version {version}"

    def parse(self, file):
        return self._marked(super().parse(file))

    def letter(self, document, file, **how):
        return self._marked(super().letter(document, file, **how))

    def _marked(self, document):
        return replace(document, elements=tuple(map(self._ended, document.elements)))

    def _ended(self, element):
        if element.pending or element.text.endswith(self._ending):
            return element
        return replace(element, text=element.text + self._ending)


class DyingEmbedder(FakeEmbedder):
    def __init__(self, dies_at):
        super().__init__()
        self._dies_at = dies_at

    def embed_documents(self, texts):
        if len(self.calls) + 1 == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_documents(texts)


def renew(folder: Path, workspace: Path) -> None:
    version, dies_at = folder.with_name("version").read_text().split()
    reader = VersionReader(version)
    with open_index(workspace, version=version) as index:
        embedder = DyingEmbedder(int(dies_at))
        work = (index, embedder, reader, Settings())
        Ingest(*work).run(folder, on_progress=lambda _: None)


if __name__ == "__main__":
    serve(renew)
