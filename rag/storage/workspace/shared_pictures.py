"""Where the pictures of a workspace lie, and what its process may do with those that all share.

Knows the database, the lock and the other machines; knows no server.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from rag.storage.database import document_pictures
from rag.storage.database.database import Database
from rag.storage.images.assets import AssetStore
from rag.storage.images.shared_assets import PicturePlace, PictureRights, SharedAssets
from rag.storage.replication.machine_copy import MachineCopy

FOLDER: Final = "assets"
"""In the workspace."""

_ID: Final = "pictures_of"
_ADDRESS: Final = "pictures_at"
"""Facts of the database: the id that this index's pictures go by, and where they were sent last."""


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
    """Return the store of a workspace's pictures, which asks no server yet.

    `writes` tells whether this process writes the folder. Raises SettingsError for a `url` that is
    no address.
    """
    if not place.url:
        return AssetStore(
            workspace / FOLDER, megapixels=place.megapixels, read_picture=place.read_picture
        )
    rights = PictureRights(
        ids=lambda: _ids(database, place.url.rstrip("/"), shared),
        shows=partial(_shows, database),
        may_send=lambda: writes() and (shared is None or shared.owns),
        may_delete=lambda: writes() and (shared is None or shared.is_sent),
    )
    return SharedAssets(workspace / FOLDER, place, rights)


def noted_address(database: Database) -> str:
    """Return where pictures of this index were sent last; "" where they never were."""
    return database.fact(_ADDRESS) or ""


def _ids(database: Database, address: str, shared: MachineCopy | None) -> Sequence[str]:
    """Note that pictures go to an address; return the ids of the index, that in use first."""
    own = database.fact(_ID) or secrets.token_hex(16)
    database.set_fact(_ID, own)
    database.set_fact(_ADDRESS, address)
    return (own,) if shared is None else (shared.database_id, own)


def _shows(database: Database, image_id: str) -> bool:
    with database.read() as db:
        return document_pictures.is_shown(db, image_id)
