"""Times and places as a person reads them."""

from __future__ import annotations

import math

from pagelight.services.answering.places import Place
from pagelight.ui.html.language import say
from rag.clock import clock


def time_left(seconds: float | None) -> str:
    """Return about how long something still takes; "" where that is not known."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half is still told in seconds
        return say("about {n} s left", n=max(1, round(seconds)))
    return say("about {n} min left", n=round(seconds / 60))


def where_of(place: Place) -> str:
    if place.page is not None:
        return say("page {n}", n=place.page)
    return "" if place.start_s is None else say("at {time}", time=clock(place.start_s))


def label_of(place: Place) -> str:
    return ", ".join(filter(None, (place.file_name, where_of(place))))
