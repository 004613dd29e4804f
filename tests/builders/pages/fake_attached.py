"""What comes with questions, in memory: documents, and what reads them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from builders_ui import BOX, a_document, digest

from rag.datamodel import (
    Attachment,
    Document,
    Element,
    Provenance,
    QueryImage,
)
from rag.errors import SourceError
from rag.storage.images.assets import AssetStore


class FakeAttached:
    """Documents that came with questions, their bytes and pictures, in memory."""

    def __init__(self, folder: Path) -> None:
        self.docs: dict[str, Document] = {}
        self.swept = 0
        self._folder = folder
        self.assets = AssetStore(folder / "assets", megapixels=10)

    def put(self, doc: Document, data: bytes) -> None:
        self.docs[doc.id] = doc
        self._folder.mkdir(exist_ok=True)
        self.bytes_of(doc.id).write_bytes(data)

    def document(self, doc_id: str) -> Document | None:
        return self.docs.get(doc_id)

    def picture(self, image_id: str, *, among: Collection[str]) -> tuple[Path, str] | None:
        images = [e.image for d in self.docs.values() if d.id in among for e in d.elements]
        held = any(image and image.id == image_id for image in images)
        return self.assets.find(image_id) if held else None

    def bytes_of(self, doc_id: str) -> Path:
        return self._folder / doc_id

    def sweep(self) -> None:
        self.swept += 1


class FakeIncoming:
    """Reads every file as a picture that says STOP; a name with "broken" can't be read."""

    def __init__(self, attached: FakeAttached) -> None:
        self._attached = attached
        self.begun: list[Path] = []

    def read_image(self, path: Path) -> QueryImage:
        if "broken" in path.name:
            raise SourceError(f"{path.name} is broken.")
        return QueryImage(path=str(path), phash="0" * 16, lettering="STOP")

    def attach(self, path: Path, *, name: str = "", whole: bool = True) -> Attachment:
        del whole
        return self._read(path, name or path.name)

    def attached_before(self, doc_id: str, name: str) -> Attachment:
        return self._read(self._attached.bytes_of(doc_id), name)

    def begin(self, path: Path) -> None:
        self.begun.append(path)

    def _read(self, path: Path, name: str) -> Attachment:
        image, data = self.read_image(path), path.read_bytes()
        shade = np.full((40, 40, 3), len(data) % 255, dtype=np.uint8)
        picture = Element(
            role="figure",
            text="STOP",
            image=self._attached.assets.put(shade),
            provenances=(Provenance(page=1, bbox=BOX, span=(0, 4)),),
        )
        doc = a_document(
            picture, source=name, id=digest(data), media_type="image/png", page_count=1
        )
        self._attached.put(doc, data)
        return Attachment(doc_id=doc.id, name=name, media_type="image/png", image=image)
