"""How long a browser may keep what it was given."""

from __future__ import annotations

from typing import Final

KEPT: Final = {"cache-control": "private, max-age=31536000, immutable"}
"""For what is named by its content."""

FRESH: Final = {"cache-control": "no-store"}
