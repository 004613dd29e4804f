"""Which end of "from 10 mg to 20 mg" a question asks for. English rules.

Knows words alone.
"""

from __future__ import annotations

import re
from typing import Final

_I: Final = re.IGNORECASE

_ASKS_TO: Final = re.compile(r"\bto (?:what|which|how (?:much|many))\b|\bto\W*$", _I)
_ASKS_FROM: Final = re.compile(r"\bfrom (?:what|which|how (?:much|many))\b|\bfrom\W*$", _I)
_AFTER_FROM: Final = re.compile(r"\bfrom\s+$", _I)
_AFTER_TO: Final = re.compile(r"\bfrom\s+\S+(?:\s+\S+){0,4}?\s+to\s+$", _I)
_UP_TO: Final = re.compile(r"\s+(?:\S+\s+){0,4}?to\s", _I)

REACH: Final = 80
"""Characters before and after an answer within which the other end may stand."""


def is_other_end(question: str, text: str, start: int, end: int) -> bool:
    """Tell whether a range of a text is the end of a change that is not asked for.

    "To what dose?" is not answered by what follows `from`, nor "from what?" by what follows `to`.
    """
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    if _ASKS_TO.search(question):
        return bool(_AFTER_FROM.search(before) and _UP_TO.match(after))
    return bool(_ASKS_FROM.search(question) and _AFTER_TO.search(before))
