"""What this process is told before libraries are imported, and what it asks of other machines.

Knows glibc's allocator, and what libraries read of the environment.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Mapping, MutableMapping
from typing import Final

M_ARENA_MAX: Final = -8
"""Of glibc's malloc.h; mallopt(3)."""

ARENAS: Final = 2
"""Of its own glibc makes eight a core. What is freed in one serves its threads alone, so that a
chat, whose threads come and go, grew by 8 MB a hundred answers (benchmarks/LOG.md)."""


def limit_arenas(environment: Mapping[str, str]) -> None:
    """Let glibc make few arenas, unless the environment says how many; before there are threads."""
    if platform.libc_ver()[0] == "glibc" and "MALLOC_ARENA_MAX" not in environment:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


_WORDS: Final = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""After each event Gradio made a table, by pandas, of up to 10,000 events before it, for a page of
figures that we do not show."""


def keep_offline(environment: MutableMapping[str, str]) -> None:
    """Set what keeps libraries from asking anyone; what is set already stays."""
    for name, value in _WORDS.items():
        environment.setdefault(name, value)


_OWN: Final = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")  # noqa: S104 - compared with
_count = 0


def count_connections() -> None:
    """Count from now on, by an audit hook of Python's (PEP 578), which stays to the end."""
    sys.addaudithook(_hear)


def connections() -> int:
    """Return how many connections to other machines were begun."""
    return _count


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    global _count  # noqa: PLW0603 - a hook of the process, as is its count
    if event != "socket.connect":
        return
    address = arguments[1]
    host = address[0] if isinstance(address, tuple) else ""  # a path: a socket of this machine
    if isinstance(host, str) and host and not host.startswith(_OWN):
        _count += 1
