"""How many files are read side by side: by the cores and the memory there are, within a setting.

Knows numbers alone; starts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rag.settings import Settings

MEMORY_SHARE: Final = 0.75
"""Of all memory; the rest is the index's, the models' and the system's."""

READER_GB: Final = 1.0
"""What reading the lettering of pages takes at most (.5 GB measured for A4), and its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Processes that parse files, and processes that read lettering, of one thread each.

    Two readers of one thread are faster than one of two (measured).
    """

    parsers: int
    readers: int


def side_by_side(settings: Settings, *, cores: int, memory_gb: float) -> SideBySide:
    """Return how many processes read at a time; at least one of each.

    Half of the cores parse, for what is parsed is embedded meanwhile; all read lettering, after
    that. As many parse as may each take the memory that a file may, at once.
    """
    most = settings.workers or cores
    room_gb = MEMORY_SHARE * memory_gb
    return SideBySide(
        parsers=_within(cores // 2, most, room_gb / (settings.file_memory_mb / 1000)),
        readers=_within(cores, most, room_gb / READER_GB),
    )


def _within(wanted: int, *bounds: float) -> int:
    return max(1, int(min(wanted, *bounds)))
