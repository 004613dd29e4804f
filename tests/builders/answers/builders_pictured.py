"""Folders of text files whose lines are pictures, read into workspaces that share an address."""

from pathlib import Path

import numpy as np
from fakes import FakeEmbedder, MadeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from rag.datamodel import Document, Element
from rag.settings import Settings
from rag.storage.images.shared_assets import PicturePlace
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()


def open_pictured(workspace: Path, address: str, **how) -> WorkspaceIndex:
    return WorkspaceIndex(
        workspace,
        model_id=EMBEDDER.model_id,
        dim=EMBEDDER.dim,
        chunker_version=CHUNKER_VERSION,
        pictures=PicturePlace(url=address),
        **how,
    )


def read_pictures(index: WorkspaceIndex, folder: Path, *, letter=None, before=None, ocr=True):
    """Read a folder of text files, each line of which is a shade of grey, or `SCAN` and one.

    `before` is called with each file that is read.
    """

    def parse(file):
        if before is not None:
            before(file)
        lines = (folder / file.source).read_text().splitlines()
        return Document(
            id=file.sha256,
            sources=(file.source,),
            media_type=file.media_type,
            page_count=1,
            elements=tuple(_element(index, line) for line in lines),
        )

    ingest = Ingest(index, EMBEDDER, MadeReader(parse, letter), Settings(ocr=ocr))
    return ingest.run(folder, on_progress=lambda _: None, remove_all=True)


def grey(shade: int):
    """Return a picture of its own kind for each shade, larger than a thumbnail."""
    return np.full((8, 8, 3), shade, dtype=np.uint8)


def _element(index: WorkspaceIndex, line: str) -> Element:
    shade = line.removeprefix("SCAN ")
    image = index.assets.put(grey(int(shade)))
    return Element(role="figure", text=f"grey {shade}", image=image, pending=shade != line)


def pictures_of(index: WorkspaceIndex):
    """Return the pictures that the documents show, by what is said of them."""
    return {
        chunk.text: chunk.image
        for record in index.documents()
        for chunk in index.chunks_of(record.id)
        if chunk.image is not None
    }
