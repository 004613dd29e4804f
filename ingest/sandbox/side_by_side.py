"""How many files are read side by side: by the cores and the memory there are, within a setting.

Knows numbers alone; starts nothing.
"""

from __future__ import annotations

from typing import Final

from rag.settings import Settings

MEMORY_SHARE: Final = 0.75
"""Of all memory; the rest is the index's, the models' and the system's."""

READER_GB: Final = 1.0
"""What reading the lettering of pages takes at most (.5 GB measured for A4), and its model."""


def side_by_side(settings: Settings, *, cores: int, memory_gb: float) -> tuple[int, int]:
    """Return how many processes of one thread parse, and how many read lettering; at least one.

    Half of the cores parse, for what is parsed is embedded meanwhile; all read lettering, after
    that: two readers of one thread are faster than one of two (measured). As many parse as may
    each take the memory that a file may, at once.
    """
    most = settings.workers or cores
    room_gb = MEMORY_SHARE * memory_gb
    parsers = min(cores // 2, most, room_gb / (settings.file_memory_mb / 1000))
    readers = min(cores, most, room_gb / READER_GB)
    return max(1, int(parsers)), max(1, int(readers))
