"""Answers as they are written, told piece by piece: of each only what follows the common beginning.

Knows HTML as text; knows nothing of conversations or HTTP.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable, Mapping
from typing import Final

Written = Callable[[], Mapping[str, tuple[str, str]]]
"""Returns the answers that are being written: by conversation the exchange, and its HTML so far."""

PIECE_S: Final = 0.1
"""So often is told what was written: as often as a person sees that words come."""


def nothing_written() -> Mapping[str, tuple[str, str]]:
    return {}


class Pieces:
    """What one listener was told of the answers, and what is still to tell."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._sent: dict[str, tuple[str, str]] = {}

    @property
    def at_work(self) -> bool:
        """Whether an answer was being written when it was last looked."""
        return bool(self._sent)

    def news(self) -> list[bytes]:
        """Return an event for each answer that has grown or changed, and for each that ended."""
        written = dict(self._written())
        events = []
        for talk, (head, html) in written.items():
            sent_head, sent_html = self._sent.get(talk, ("", ""))
            former = sent_html if sent_head == head else ""
            if (sent_head, sent_html) != (head, html):
                events.append(_event("piece", talk=talk, head=head, **_growth(former, html)))
        for talk, (head, _) in self._sent.items():
            if written.get(talk, ("", ""))[0] != head:
                events.append(_event("over", talk=talk, head=head))
        self._sent = written
        return events


def _event(kind: str, **data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def _growth(former: str, html: str) -> dict[str, object]:
    """Return what makes `html` of `former`: how much of it stays, as a browser counts letters."""
    same = _same(former, html)
    keep = len(html[:same].encode("utf-16-le", "surrogatepass")) // 2
    return {"keep": keep, "more": html[same:]}


def _same(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    shorter = min(len(one), len(other))
    return bisect.bisect_left(range(1, shorter + 1), x=True, key=lambda n: one[:n] != other[:n])
