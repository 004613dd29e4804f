"""Tables as HTML: what holds together on a line, and what scrolls. Knows text alone."""

from __future__ import annotations

import re
from typing import Final

from pagelight.ui.html.language import say

_WHOLE: Final = re.compile(r"\S{0,16}\w-\d\S{0,16}")


def is_whole(cell: str) -> bool:
    """Tell whether a cell stays on a line: browsers break 2025-02-01 and T-01 after a hyphen."""
    return _WHOLE.fullmatch(cell.strip()) is not None


def tag_of(cell: str, *, tag: str = "td") -> str:
    """Return the opening tag of a cell."""
    return f'<{tag} class="whole">' if is_whole(cell) else f"<{tag}>"


def table_html(rows: str) -> str:
    """Return a table that scrolls where it is too wide, by keys as well.

    Named by its `title`: of what tells a name, the chat's sanitiser keeps this alone.
    """
    return (
        f'<div class="table" role="region" tabindex="0" title="{say("Table")}">'
        f'<table dir="auto">{rows}</table></div>'
    )
