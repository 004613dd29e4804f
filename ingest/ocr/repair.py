"""Single letters that OCR takes for others, put right where the sheet itself tells.

Pure. Knows lines; knows nothing of pixels or languages. Nothing is guessed: a repair needs its like
on the same sheet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.layout.layout import Line

_DOLLARS: Final = re.compile(r"\$\s?\d")
_AS_LETTER: Final = re.compile(r"(?<!\w)S(?=\d{1,3}(?:,\d{3})*\.\d\d(?!\w|\.\d))")
"""A dollar sign read as a letter: "S8.20"."""


def repaired(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, "S8.20" as "$8.20" where other sums of the sheet are in dollars."""
    if not any(_DOLLARS.search(line.text) for line in lines):
        return list(lines)
    return [replace(line, text=_AS_LETTER.sub("$", line.text)) for line in lines]
