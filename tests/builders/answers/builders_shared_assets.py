"""Stores of pictures over a folder and an address, for tests that need no workspace."""

import time
from pathlib import Path

from rag.storage.images.shared_assets import PicturePlace, PictureRights, SharedAssets


def rights(**how) -> PictureRights:
    """Return those of who reads documents in, of an index that shows every picture."""
    all_of_it = {
        "ids": lambda: ("an-index",),
        "shows": lambda _: True,
        "may_send": lambda: True,
        "may_delete": lambda: True,
    }
    return PictureRights(**{**all_of_it, **how})


def shared_assets(root: Path, address: str, *, max_mb=100, clock=time.time, **how) -> SharedAssets:
    place = PicturePlace(url=address, megapixels=1, max_mb=max_mb)
    return SharedAssets(root, place, rights(**how), clock=clock)
