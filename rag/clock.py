"""Times of a recording as players show them. Knows numbers alone."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Return a time: 1:02:03, or 2:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def seconds_of(text: str) -> float | None:
    """Return the seconds of a time as `clock` tells it; None for what is none."""
    parts = text.split(":")
    if not 2 <= len(parts) <= 3 or not all(p.isascii() and p.isdecimal() for p in parts):  # noqa: PLR2004 - maybe hours, minutes, seconds
        return None
    return float(sum(int(part) * 60**n for n, part in enumerate(reversed(parts))))
