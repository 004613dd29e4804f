"""The child process that makes the models of the set-up ready while a chat answers: `python -m`.

It gives way to everything else, tells how far it is through the cache, and ends when it is told
to; what came stays.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Final

from rag.errors import PagelightError
from rag.models.setup.bundled import BundledModel, bundled_models
from rag.models.setup.ensure import ensure
from rag.models.setup.state import state_of

FAILED: Final = 2
_NICE: Final = 10


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    os.nice(_NICE)
    failed = [model for model in bundled_models(sys.argv[1:]) if not _is_made(model)]
    raise SystemExit(FAILED if failed else 0)


def _is_made(model: BundledModel) -> bool:
    """Make a model ready where it may be; where that fails, the others are made all the same."""
    if state_of(model, os.environ).stage in {"off", "too small"}:
        return True
    try:
        ensure(model, os.environ)
    except PagelightError as error:
        sys.stderr.write(f"{model.name}: {error}\n")
        return False
    return True


if __name__ == "__main__":
    main()
