"""Where things stand: boxes on a page, provenances, and pictures by their bytes.

What comes by the thousand is a msgspec `Struct`, stored as a list of its fields in order: a new
field goes to their end, with a default.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace


class BBox(Struct, frozen=True, kw_only=True, array_like=True):
    """Fractions of the page: origin top left, y down, 0 <= x0 < x1 <= 1, 0 <= y0 < y1 <= 1."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0 <= self.x0 < self.x1 <= 1 and 0 <= self.y0 < self.y1 <= 1):
            raise ValueError(f"not a box within the page: {self}")

    @classmethod
    def clamped(cls, x0: float, y0: float, x1: float, y1: float) -> BBox | None:
        """Return the part of the rectangle that lies on the page; None if there is none."""
        left, right = max(0.0, min(x0, x1)), min(1.0, max(x0, x1))
        top, bottom = max(0.0, min(y0, y1)), min(1.0, max(y0, y1))
        if left >= right or top >= bottom:
            return None
        return cls(x0=left, y0=top, x1=right, y1=bottom)

    @classmethod
    def around(cls, boxes: Iterable[BBox]) -> BBox | None:
        """Return the smallest box that holds all; None where there is none."""
        held = tuple(boxes)
        if not held:
            return None
        return cls(
            x0=min(box.x0 for box in held),
            y0=min(box.y0 for box in held),
            x1=max(box.x1 for box in held),
            y1=max(box.y1 for box in held),
        )

    @property
    def area(self) -> float:
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def union(self, other: BBox) -> BBox:
        """Return the smallest box that holds both."""
        return BBox(
            x0=min(self.x0, other.x0),
            y0=min(self.y0, other.y0),
            x1=max(self.x1, other.x1),
            y1=max(self.y1, other.y1),
        )

    def intersection_area(self, other: BBox) -> float:
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)

    def within(self, outer: BBox) -> BBox:
        """Map a box given in fractions of `outer` to fractions of the page of `outer`."""
        width, height = outer.x1 - outer.x0, outer.y1 - outer.y0
        return BBox(
            x0=outer.x0 + self.x0 * width,
            y0=outer.y0 + self.y0 * height,
            x1=min(1.0, outer.x0 + self.x1 * width),
            y1=min(1.0, outer.y0 + self.y1 * height),
        )


FULL_PAGE: Final = BBox(x0=0.0, y0=0.0, x1=1.0, y1=1.0)


class Provenance(Struct, frozen=True, kw_only=True, array_like=True):
    """Where something stands. None means that the format has no such thing.

    `page` counts the pages of the file from 1 (a slide, the only page of a picture). `span` is
    described in the module's docstring. `start_s` and `end_s` are seconds, for media.
    """

    page: int | None = None
    bbox: BBox | None = None
    span: tuple[int, int] | None = None
    start_s: float | None = None
    end_s: float | None = None

    def __post_init__(self) -> None:
        if self.page is not None and self.page < 1:
            raise ValueError(f"pages count from 1: {self.page}")
        if self.span is not None and not 0 <= self.span[0] <= self.span[1]:
            raise ValueError(f"not a half-open range: {self.span}")


def places_within(
    provenances: Iterable[Provenance], start: int, end: int
) -> tuple[Provenance, ...]:
    """Return the places of a text's part from `start` to `end`, their spans as ranges of it."""
    return tuple(
        replace(place, span=(max(0, place.span[0] - start), min(end, place.span[1]) - start))
        if place.span is not None
        else place
        for place in provenances
        if place.span is None or (place.span[0] < end and start < place.span[1])
    )


def box_around(provenances: Iterable[Provenance]) -> BBox | None:
    return BBox.around(p.bbox for p in provenances if p.bbox is not None)


class ImageAsset(Struct, frozen=True, kw_only=True, array_like=True):
    """A picture, stored once under the SHA-256 of its encoded bytes.

    `path` is relative to the workspace's `assets/`. `phash` is the 64-bit perceptual hash as
    16 hex digits: similar pictures differ in few bits.
    """

    id: str
    path: str
    media_type: str
    width_px: int
    height_px: int
    phash: str
