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
        events = [
            _event(talk, head, self._former(talk, head), html)
            for talk, (head, html) in written.items()
            if self._sent.get(talk) != (head, html)
        ]
        events += [
            _over(talk, head)
            for talk, (head, _) in self._sent.items()
            if written.get(talk, ("", ""))[0] != head
        ]
        self._sent = written
        return events

    def _former(self, talk: str, head: str) -> str:
        sent = self._sent.get(talk)
        return sent[1] if sent and sent[0] == head else ""


def _event(talk: str, head: str, former: str, html: str) -> bytes:
    """Return what makes `html` of `former`: how much of it stays, as a browser counts letters."""
    same = _same(former, html)
    keep = len(html[:same].encode("utf-16-le", "surrogatepass")) // 2
    piece = {"talk": talk, "head": head, "keep": keep, "more": html[same:]}
    return f"event: piece\ndata: {json.dumps(piece)}\n\n".encode()


def _over(talk: str, head: str) -> bytes:
    return f"event: over\ndata: {json.dumps({'talk': talk, 'head': head})}\n\n".encode()


def _same(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    shorter = min(len(one), len(other))
    return bisect.bisect_left(range(1, shorter + 1), x=True, key=lambda n: one[:n] != other[:n])
