"""Cells of tables as HTML: what holds together on a line. Knows text alone."""

from __future__ import annotations

import re
from typing import Final

_WHOLE: Final = re.compile(r"\S{0,16}\w-\d\S{0,16}")


def tag_of(cell: str, *, tag: str = "td") -> str:
    """Return the opening tag of a cell: browsers break 2025-02-01 and T-01 after a hyphen."""
    return f'<{tag} class="whole">' if _WHOLE.fullmatch(cell.strip()) else f"<{tag}>"
