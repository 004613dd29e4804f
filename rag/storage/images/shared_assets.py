"""Pictures of documents at an address that machines share; the folder holds what is in use here.

They are written into the folder first, also by processes that know no key, sent before a document
is stored that shows them, and fetched when they are looked at. Sent twice a picture is the same,
and who fails to fetch one finds a missing file.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.datamodel import ImageAsset
from rag.errors import PagelightError
from rag.storage.database.database import Database
from rag.storage.documents.scope import is_shown
from rag.storage.files.folder import read_or_nothing, write_whole
from rag.storage.images.assets import FOLDER as ASSETS
from rag.storage.images.assets import AssetStore, Goes, ReadPicture, names_of
from rag.storage.images.picture_bucket import PictureBucket
from rag.storage.images.server import RemoteError

if TYPE_CHECKING:
    from rag.storage.replication.machine_copy import MachineCopy

logger = logging.getLogger(__name__)

IN_USE_S: Final = 6 * 3600.0
"""A picture used so lately is not let go: a reader of lettering may be about to open it."""

_MEGABYTE: Final = 1_000_000
_SHARE: Final = 10
"""Once what was fetched takes a tenth of the limit, it is looked whether there is too much."""

_ID: Final = "pictures_of"
_ADDRESS: Final = "pictures_at"
"""Facts of the database: the id that this index's pictures go by, and where they were sent last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlace:
    """Where pictures are kept: at the address `url`, if there is one, and in the workspace.

    The folder takes about `max_mb` of those that lie at the address, too. `read_picture` decodes
    what is stored; None: this process does.
    """

    url: str = ""
    megapixels: int = 100
    max_mb: int = 5000
    read_picture: ReadPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRights:
    """What a process may do with the pictures of all, asked anew each time.

    `ids` are those of the index that they are of, the one in use first. `shows` tells whether
    documents show a picture: no other is asked for. `may_send` and `may_delete` are for who reads
    documents in, the latter once no other machine shows what is deleted.
    """

    ids: Callable[[], Sequence[str]]
    shows: Callable[[str], bool]
    may_send: Callable[[], bool]
    may_delete: Callable[[], bool]


class SharedAssets(AssetStore):
    """As `AssetStore`, over a folder and a bucket; RemoteError where that can't be used."""

    def __init__(
        self,
        root: Path,
        place: PicturePlace,
        rights: PictureRights,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` is that of the system's files. Raises SettingsError for a url of no address."""
        super().__init__(root, megapixels=place.megapixels, read_picture=place.read_picture)
        self._bucket = PictureBucket(place.url)
        self.address = self._bucket.address
        self._rights = rights
        self._max_bytes = place.max_mb * _MEGABYTE
        self._clock = clock
        self._fetched_bytes = 0
        self._counting = threading.Lock()

    # Looked at

    def path_of(self, image: ImageAsset) -> Path:
        """Return the absolute path of the picture, fetched if need be; OSError if it can't be."""
        path = super().path_of(image)
        is_here = _used(path, self._clock())
        if not is_here and _is_named(image) and self._rights.shows(image.id):
            self._fetch(image.path)
        return path

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """As that of `AssetStore`; None, too, for one that can't be fetched, which is logged."""
        found = super().find(image_id)
        if found is not None:
            _used(found[0], self._clock())
            return found
        names = names_of(image_id) if self._rights.shows(image_id) else {}
        for name, media_type in names.items():
            with suppress(OSError):
                self._fetch(name)
                return self._root / name, media_type
        return None

    def bring(self, images: Iterable[ImageAsset]) -> None:
        """As that of `AssetStore`. Raises RemoteError; who misses a picture finds no file."""
        for image in filter(_is_named, images):
            path = super().path_of(image)
            if not _used(path, self._clock()):
                with suppress(FileNotFoundError):
                    self._write(image.path, self._bucket.fetch(image.path))

    # Stored

    def keep(self, images: Iterable[ImageAsset]) -> None:
        self._send({image.path for image in images if _is_named(image)})

    def keep_stored(self, ids: Callable[[], Collection[str]]) -> int:
        here = self.here_alone(self.lacking(ids()))
        self._send([name for one in here for name in names_of(one)])
        return len(here)

    def is_elsewhere(self, path: str) -> bool:
        try:
            return self._bucket.has(path)
        except RemoteError as error:
            logger.warning("%s", error)
            return False

    # Care

    def look_again(self) -> None:
        self._bucket.forget()

    def lacking(self, wanted: Collection[str]) -> set[str]:
        found = self._bucket.listed().values()
        return set(wanted) - {picture.id for picture in found if picture.size_bytes}

    def here_alone(self, lacking: Collection[str]) -> set[str]:
        find = super().find
        return set(filter(find, lacking))

    def sweep(self, goes: Goes) -> int:
        """As that of `AssetStore`; in the bucket, too, where this process may."""
        going = self._going(goes)
        freed = super().sweep(goes)
        if going:
            self._bucket.delete(going)
        self._trim()
        return freed + sum(going.values())

    def needless(self, goes: Goes) -> list[int]:
        return [*super().needless(goes), *self._going(goes).values()]

    def _going(self, goes: Goes) -> dict[str, int]:
        """Return paths and bytes of what goes from the bucket; what was just put here stays."""
        if not self._rights.may_delete():
            return {}
        self._bucket.claim(self._rights.ids)
        here_s = {one.id: one.changed_s for one in self.stored()}
        there = self._bucket.listed().values()
        going = (one for one in there if goes(one.id, max(one.changed_s, here_s.get(one.id, 0.0))))
        return {one.path: one.size_bytes for one in going}

    def _send(self, paths: Collection[str]) -> None:
        if paths and self._rights.may_send():
            self._bucket.claim(self._rights.ids)
            self._bucket.send(paths, lambda path: read_or_nothing(self._root / path))

    def _fetch(self, path: str) -> None:
        """Bring a picture into the folder. Raises OSError, which is logged where all are away."""
        try:
            self._write(path, self._bucket.fetch(path))
        except PagelightError as error:
            logger.warning("The picture %s can't be fetched. %s", path, error)
            raise FileNotFoundError(errno.ENOENT, str(error), path) from error

    def _write(self, path: str, data: bytes) -> None:
        write_whole(self._root / path, data)
        with self._counting:
            self._fetched_bytes += len(data)
            is_much = self._fetched_bytes * _SHARE > self._max_bytes
            self._fetched_bytes = 0 if is_much else self._fetched_bytes
        if is_much:
            self._trim()

    def _trim(self) -> None:
        """Let go of pictures of the folder that lie in the bucket, those longest unused first."""
        here = sorted(self.stored(), key=lambda one: one.changed_s)
        too_much = sum(one.size_bytes for one in here) - self._max_bytes
        try:
            there = self._bucket.listed() if too_much > 0 else {}
        except RemoteError as error:
            logger.warning("No picture is let go. %s", error)
            return
        for one in here:
            if too_much <= 0 or self._clock() - one.changed_s < IN_USE_S:
                return
            found = there.get(one.path)
            if found is not None and found.size_bytes == one.size_bytes:
                (self._root / one.path).unlink(missing_ok=True)
                too_much -= one.size_bytes


def _is_named(image: ImageAsset) -> bool:
    """Tell whether its path is one of ours: who made it opens files of strangers."""
    return image.path in names_of(image.id)


def _used(path: Path, now_s: float) -> bool:
    """Note that a picture of the folder is used now; tell whether it is there, and not empty."""
    with suppress(OSError):  # a folder that may only be read
        os.utime(path, (now_s, now_s))
    return path.is_file() and path.stat().st_size > 0


HERE: Final = PicturePlace()
"""In the workspace alone."""


def open_pictures(
    workspace: Path,
    place: PicturePlace,
    database: Database,
    *,
    writes: Callable[[], bool],
    shared: MachineCopy | None,
) -> AssetStore:
    """Return the store of a workspace's pictures. Raises SettingsError for a bad `url`."""
    if not place.url:
        return AssetStore(
            workspace / ASSETS, megapixels=place.megapixels, read_picture=place.read_picture
        )

    def shows(image_id: str) -> bool:
        with database.read() as db:
            return is_shown(db, image_id)

    def ids() -> Sequence[str]:
        """Note that pictures go to the address; return the ids of the index, that in use first."""
        own = database.fact(_ID) or secrets.token_hex(16)
        database.set_fact(_ID, own)
        database.set_fact(_ADDRESS, place.url.rstrip("/"))
        return (own,) if shared is None else (shared.database_id, own)

    rights = PictureRights(
        ids=ids,
        shows=shows,
        may_send=lambda: writes() and (shared is None or shared.owns),
        may_delete=lambda: writes() and (shared is None or shared.is_sent),
    )
    return SharedAssets(workspace / ASSETS, place, rights)


def noted_address(database: Database) -> str:
    """Return where pictures of this index were sent last; "" where they never were."""
    return database.fact(_ADDRESS) or ""
