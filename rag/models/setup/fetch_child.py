"""The child process that makes the writer ready while a chat answers: `python -m` this module.

It gives way to everything else, tells how far it is through the cache, and ends when it is told
to; what came stays.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Final

from rag.errors import PagelightError
from rag.models.setup.ensure import ensure_writer

FAILED: Final = 2
_NICE: Final = 10


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    os.nice(_NICE)
    try:
        ensure_writer(os.environ)
    except PagelightError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(FAILED) from error


if __name__ == "__main__":
    main()
