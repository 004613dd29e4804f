"""How the C library's allocator shares out memory among threads. Knows glibc alone."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Mapping
from typing import Final

M_ARENA_MAX: Final = -8
"""Of glibc's malloc.h; mallopt(3)."""

ARENAS: Final = 2
"""Of its own glibc makes eight a core. What is freed in one serves its threads alone, so that a
chat, whose threads come and go, grew by 8 MB a hundred answers (benchmarks/LOG.md)."""


def limit_arenas(environment: Mapping[str, str]) -> None:
    """Let glibc make no more than `ARENAS` arenas, unless the environment says how many.

    To be called before there are threads. With another C library nothing happens.
    """
    if platform.libc_ver()[0] == "glibc" and "MALLOC_ARENA_MAX" not in environment:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
