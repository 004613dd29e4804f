"""Counts and times as a person reads them."""

from __future__ import annotations

import math

from ui.html.language import say


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which takes an s where there is not one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def time_left(seconds: float | None) -> str:
    """Return about how long something still takes; "" where that is not known."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half is still told in seconds
        return say("about {n} s left", n=max(1, round(seconds)))
    return say("about {n} min left", n=round(seconds / 60))
