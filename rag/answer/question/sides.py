"""What a question compares: "compare January and July", "W-01 vs W-02". English rules.

Knows words alone; a calculation of two numbers is known by `operations`.
"""

from __future__ import annotations

import re
from typing import Final

_I: Final = re.IGNORECASE
_END: Final = r"(?=\s*[?.,;]|\s++(?:in|on|for|at|of|during|by)\b|$)"
_RULES: Final = (
    re.compile(
        r"^\s*(?:please\s++)?compar(?:e|ing|ison of|ison between)\s++"
        r"(?:the\s++)?(?P<a>[^?;]{1,80}?)\s++(?:and|with|to|against|vs\.?|versus)\s++(?:the\s++)?(?P<b>[^?;]{1,80}?)[?.]?\s*$",
        _I,
    ),
    re.compile(
        r"\bdiffer(?:ence|ences|s)?\s++between\s++(?:the\s++)?(?P<a>[^?;]{1,80}?)\s++and\s++"
        rf"(?:the\s++)?(?P<b>[^?;]{{1,80}}?){_END}",
        _I,
    ),
    re.compile(r"(?P<a>[\w.-]++)\s++(?:vs\.?|versus)\s++(?P<b>[\w.-]++)", _I),
)


def sides(question: str) -> tuple[str, ...]:
    """Return both things that a question compares; () where its wording tells none."""
    found = next((m for rule in _RULES if (m := rule.search(question))), None)
    return (found["a"].strip(), found["b"].strip()) if found else ()
