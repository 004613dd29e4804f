"""What is read together with a file: subtitles beside a recording, pictures that a page shows.

Knows names, and the bytes of pages; knows no server.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from ingest.discovery.sidecars import recordings, sidecars

MAX_PICTURES: Final = 200
"""Of one page."""

MAX_BYTES: Final = 20_000_000
"""Of a page that is looked through for the names of pictures."""

_PAGES: Final = frozenset({".html", ".htm", ".xhtml", ".md", ".markdown", ".rst", ".tex"})
_BETWEEN: Final = re.compile(r"""[\s"'()<>{}\[\]]+""")
_PICTURES: Final = tuple(".png .jpg .jpeg .gif .webp .bmp .tif .tiff .svg .heic".split())


def neighbours(path: Path, *, names: Callable[[Path], list[str]]) -> Iterator[Path]:
    """Yield the files that a reader of `path`, which is there, opens beside it.

    `names` tells the files of a folder.
    """
    for name in sidecars(path.name, names(path.parent)):
        yield path.parent / name
    if path.suffix.lower() in _PAGES and path.stat().st_size <= MAX_BYTES:
        yield from islice(_pictures(path, names), MAX_PICTURES)


def named_beside(path: Path, *, names: Callable[[Path], list[str]]) -> Iterator[Path]:
    """Yield the files beside `path` whose names tell how it is read: subtitles of a recording."""
    for name in recordings(path.name, names(path.parent)):
        yield path.parent / name


def _pictures(path: Path, names: Callable[[Path], list[str]]) -> Iterator[Path]:
    said = _BETWEEN.split(path.read_bytes().decode(errors="replace"))
    bare = (unquote(name.partition("?")[0].rstrip(".,;:")) for name in dict.fromkeys(said))
    for name in bare:
        if not name.lower().endswith(_PICTURES):
            continue
        picture = Path(os.path.normpath(path.parent / name))
        if picture.name in names(picture.parent):
            yield picture
