"""Pictures that a document holds, or refers to in its own collection. Never goes online.

They are stored and made figures, unless they are mere decoration.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from PIL import Image

from ingest.discovery.beside import area_of, referred
from ingest.parsers.base.elements import (
    document_of,
    figure_element,
    first_text,
)
from rag.datamodel import BBox, Companion, Document, Element, SourceFile
from rag.opening import open_regular
from rag.protocols import Assets
from rag.settings import Settings
from rag.storage.files.folder import is_workspace

MAX_NAMES: Final = 1000
"""Of one file; what it names beyond is not looked for."""

LONGEST_NAME: Final = 1000


class LocalFiles:
    """Finds what lies beside one file, and remembers all that was looked for.

    Of several files of the same bytes each area has to hold the same: what their one document
    shows is seen by all who see one of them.
    """

    def __init__(self, file: SourceFile, *, settings: Settings) -> None:
        self._kept_apart = bool(settings.users)
        self._max_bytes = settings.file_mb * 1_000_000
        self._areas: defaultdict[str, list[Callable[[str], bytes | None]]] = defaultdict(list)
        self._names: set[str] = set()
        for one in (file, *file.copies):
            self._add(one)

    def _add(self, file: SourceFile) -> None:
        """Note where a file lies; what was unpacked, or found by a link, has nothing beside it."""
        inside = Path(os.path.relpath(file.path, file.root)).as_posix()
        is_extra = file.source == f"{file.source.partition('/')[0]}/{inside}"
        area = area_of(file.source, is_extra=is_extra, kept_apart=self._kept_apart)
        places = self._areas[area]
        if is_extra or file.source == inside:
            is_whole = is_extra or not self._kept_apart
            read = partial(_read, Path(file.root), inside, is_whole=is_whole)
            places.append(partial(read, max_bytes=self._max_bytes))

    @property
    def companions(self) -> tuple[Companion, ...]:
        """All that was looked for, whether it is there or not."""
        return tuple(Companion(name=name) for name in sorted(self._names))

    def read(self, name: str) -> bytes | None:
        """Return a file by its name, relative to the file's folder; None where none may be read."""
        if len(name) > LONGEST_NAME or (len(self._names) >= MAX_NAMES and name not in self._names):
            return None
        self._names.add(name)
        areas = self._areas.values()
        first, *others = (next(filter(None, (read(name) for read in area)), None) for area in areas)
        return first if all(other == first for other in others) else None


def _read(root: Path, inside: str, name: str, *, is_whole: bool, max_bytes: int) -> bytes | None:
    """Return what a file `inside` a root names: in its collection, or (`is_whole`) anywhere."""
    target = referred(inside, name, within_collection=not is_whole)
    folders = [root / folder for folder in Path(target or "").parents if folder.parts]
    if target is None or any(map(is_workspace, folders)):
        return None
    try:
        with open_regular(root / target, below=root) as file:
            is_small = os.fstat(file.fileno()).st_size <= max_bytes
            return file.read() if is_small else None
    except (OSError, ValueError):  # a name too long, or one that no file can have
        return None


MIN_SIDE_PX: Final = 24
"""Thinner ones are rules, bullets and icons."""

MIN_AREA_PX: Final = 3_000
MAX_REPEATS: Final = 2
"""A picture that comes again and again is a logo."""


class Pictures:
    """Collects the pictures of one document, and what could not be read of them."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._seen: Counter[str] = Counter()
        self._unreadable = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        if not self._unreadable:
            return ()
        pictures = "1 picture" if self._unreadable == 1 else f"{self._unreadable} pictures"
        return (f"{pictures} could not be decoded (damaged, too large, or WMF, EMF or SVG)",)

    def figure(
        self, data: bytes, *, page: int | None = None, bbox: BBox | None = None
    ) -> list[Element]:
        """Return the figure of an encoded picture, or none."""
        key = hashlib.sha256(data).hexdigest()
        self._seen[key] += 1
        if self._seen[key] > MAX_REPEATS or _is_decoration(data):
            return []
        try:
            image = self._assets.put_encoded(data)
        except OSError:
            self._unreadable += 1
            return []
        return [figure_element(image, page=page, bbox=bbox)]


def _is_decoration(data: bytes) -> bool:
    """Say whether a picture is too small to say anything; False where that can't be told."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width_px, height_px = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return min(width_px, height_px) < MIN_SIDE_PX or width_px * height_px < MIN_AREA_PX


_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\")


class LocalPictures(LocalFiles):
    """Finds the pictures that lie beside one file, and makes its document with them."""

    def __init__(self, file: SourceFile, assets: Assets, *, settings: Settings) -> None:
        super().__init__(file, settings=settings)
        self._file = file
        self.pictures = Pictures(assets)

    def document(self, elements: Sequence[Element], *, title: str = "") -> Document:
        """Return the document of these elements; where no title says more, by its first heading."""
        titles, notes = (title, first_text(elements, "heading")), self.pictures.warnings
        made = document_of(self._file, elements, *titles, warnings=notes)
        return replace(made, companions=self.companions)

    def fetch(self, address: str) -> bytes | None:
        """Return the bytes of a picture that lies in the file's collection."""
        if _SCHEME.match(address):
            return None
        bare = re.split(r"[?#]", address, maxsplit=1)[0]
        candidates = dict.fromkeys([unquote(bare), bare, unquote(address), address])
        return next((data for name in candidates if (data := self.read(name))), None)


def embedded_picture(address: str) -> bytes | None:
    """Return the bytes of a `data:` address; None where it is damaged."""
    head, _, body = address.partition(",")
    if not head.rstrip().endswith("base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote(body), validate=False)
    except (binascii.Error, ValueError):
        return None
