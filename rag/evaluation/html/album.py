"""Pictures of page regions in a report: what is asked for, and how many the file can carry.

Knows places and bytes; whoever draws them is passed in.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from rag.evaluation.html.parts import text
from rag.evaluation.records.report import Box

PICTURE_BYTES: Final = 11_000_000
"""Most encoded bytes of all pictures of a report; as text in the file they are a third more."""

Kind = Literal["gold", "found", "cited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A box to draw on a page: where the answer stands, what was found, or what was cited."""

    box: Box
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded picture of a region, its marks drawn on it."""

    data: bytes
    media_type: str
    width_px: int
    height_px: int


class Painter(Protocol):
    """Draws the region of a page around some marks; without marks the whole page."""

    def __call__(self, source: str, page: int | None, marks: Sequence[Mark]) -> Picture | None:
        """Return None where there is nothing to draw: no page, or its file is gone."""
        ...


def no_pictures(source: str, page: int | None, marks: Sequence[Mark]) -> None:
    """Draw nothing: a report without the workspace that it was made from."""
    del source, page, marks


class Album:
    """Pictures for one report, as HTML, until `most_bytes` are spent."""

    def __init__(self, paint: Painter, *, most_bytes: int = PICTURE_BYTES) -> None:
        self._paint = paint
        self._left_bytes = most_bytes
        self.is_full = False

    def image(self, source: str, page: int | None, marks: Sequence[Mark], *, alt: str) -> str:
        """Return an `<img>` that carries its picture; "" where there is none or it is too much."""
        picture = None if self.is_full else self._paint(source, page, marks)
        if picture is None:
            return ""
        if len(picture.data) > self._left_bytes:
            self.is_full = True
            return ""
        self._left_bytes -= len(picture.data)
        encoded = base64.b64encode(picture.data).decode()
        return (
            f'<img src="data:{picture.media_type};base64,{encoded}" alt="{text(alt)}" '
            f'width="{picture.width_px}" height="{picture.height_px}">'
        )
