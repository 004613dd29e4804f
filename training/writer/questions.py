"""Questions as people type them into a box."""

from __future__ import annotations

import random
import re
from typing import Final

_OPEN: Final = re.compile(
    r"(?:and |so |but )?(?:why|how come|explain|describe|what (?:happen|led|caused|made)"
    r"|for what reason|how (?!many|much|old|long|far|often|tall|big|large|high|deep|fast|wide))",
    re.IGNORECASE,
)

_CHANGES: Final = (
    (0.2, r"^[A-Z](?=[a-z ])", lambda match: match[0].lower()),
    (0.2, r"(?s)^.*$", lambda match: match[0].lower()),
    (0.35, r"[ ?]+$", ""),
    (0.12, r"(?i)^why (did|do|does|is|are|was|were)\b", r"how come \1"),
    (0.1, r"(?i)\b(w)hat is\b", r"\1hats"),
    (0.02, r"^", "please tell me: "),
    (0.02, r"^", "hi, "),
    (0.05, r"([a-z])([a-z])(?=[a-z]{1,2}\b)", r"\2\1"),
)
"""Shares of the questions that are changed so: what people leave out, put before it, swap."""


def asks_widely(question: str) -> bool:
    """Tell whether a question asks for a reason or a way rather than for a few words."""
    return bool(_OPEN.match(question))


def as_typed(question: str, rng: random.Random) -> str:
    for share, pattern, changed in _CHANGES:
        if rng.random() < share:
            question = re.sub(pattern, changed, question, count=1)
    return question
