"""Lines of lettering as the labels of a chart: in pixels, joined ones divided."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from statistics import median
from typing import Final

import numpy as np

from ingest.charts.ink import Box, Colour, Label, around, hue_of, off_by, size_of
from ingest.charts.numbers import amount
from ingest.charts.raster.palette import Mask, part_of
from ingest.layout.layout import Line, grouped
from rag.protocols import Pixels

_MIN_WORD: Final = 3
_HUE: Final = 64
"""Channels of a colour with a hue, and those of two colours, differ by more."""

_SAMPLE: Final = re.compile(r"(?<!\w)[-–—_~■▪●•○◆◼▬=+*]{1,4}\s*(?=\w{2})")
"""What a legend's sample is read as, where it stands in the box of its name."""

_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+")
"""A number with separators: several that touch each other are read as one word."""

_TICK: Final = re.compile(r"(?<=\w)\s*[-–—_]$")
"""The mark of an axis, read as a sign after its number or its name."""

_LOST_POINT: Final = re.compile(r"^([-–−]?0)(\d{1,4})$")


def labels_of(lines: Sequence[Line], width_px: int, height_px: int) -> list[Label]:
    """Return the labels that lines of lettering make, boxes in pixels."""
    known: list[tuple[str, Box]] = []
    for line in lines:
        part, x, y = line.bbox, width_px, height_px
        known.append((line.text.strip(), (part.x0 * x, part.y0 * y, part.x1 * x, part.y1 * y)))
    heights = [
        box[3] - box[1]
        for text, box in known
        if box[2] - box[0] > box[3] - box[1] and _lies(text, box)
    ]
    em = median(heights or [box[3] - box[1] for _, box in known] or [1.0])
    found = [
        label
        for text, box in known
        for label in _parts(text, box, em)
        if any(sign.isalnum() for sign in label.text)
        and not (len(label.text) < _MIN_WORD and size_of(label.box)[1] > 3 * em)
    ]
    return _turned_joined(found)


def _lies(text: str, box: Box) -> bool:
    """Whether a line is level: it is as wide as its letters are, lying.

    A short word on a slant, whose box is about as wide as high, is taken for one less easily.
    """
    width, height = size_of(box)
    share = 0.75 if width < 1.3 * height else 0.5
    return width >= share * 0.5 * height * len(text)


def _parts(text: str, box: Box, em: float) -> Iterator[Label]:
    """Yield a label, or the numbers of several ticks that were read as one line."""
    width, height = size_of(box)
    words = list(re.finditer(r"\S+", text))
    if any(len(_GROUPED.findall(word[0])) > 1 for word in words):
        words = list(re.finditer(rf"{_GROUPED.pattern}|\S+", text))
    are_ticks = len(words) > 1 and all(amount(word[0]) for word in words) and not amount(text)
    if len(text) > 1 and height >= 1.5 * max(em, width):
        yield Label(text=_named(text), box=box, angle=270)
    elif len(text) > 1 and height >= 1.5 * em and not _lies(text, box):
        yield Label(text=_named(text), box=box, angle=315)
    elif not are_ticks:
        yield Label(text=_named(text), box=box)
    else:  # a separator or a space is half as wide as a digit
        ends = [0.0, *accumulate(1.0 if sign.isdecimal() else 0.5 for sign in text)]
        digit = width / ends[-1]
        for word in words:
            x0, x1 = (box[0] + digit * ends[at] for at in word.span())
            yield Label(text=word[0], box=(x0, box[1], x1, box[3]))


def _named(text: str) -> str:
    """Return words without a legend's sample before them, numbers as they are written."""
    bare = _TICK.sub("", text)
    words = bare if amount(bare) else _SAMPLE.sub("", bare, count=1)
    return "0" if words in {"O", "o"} else _LOST_POINT.sub(r"\1.\2", words)


def _turned_joined(labels: Sequence[Label]) -> list[Label]:
    """Join the lines of a turned name: they stand closer to each other than names do."""
    turned = sorted((x for x in labels if x.angle), key=lambda one: one.middle[0])
    names = grouped(turned, lambda name, label: _is_next_line(name[-1], label, turned))
    joined = [
        replace(name[0], text=" ".join(x.text for x in name), box=around([x.box for x in name]))
        for name in names
    ]
    return [*(x for x in labels if not x.angle), *joined]


def _is_next_line(last: Label, label: Label, turned: Sequence[Label]) -> bool:
    level = [x for x in turned if abs(x.middle[1] - label.middle[1]) < size_of(label.box)[1]]
    gaps = [b.middle[0] - a.middle[0] for a, b in pairwise(level)]
    adjacent = label.box[0] - last.box[2] < 0.15 * size_of(label.box)[0]
    words = amount(last.text) is None or amount(label.text) is None
    near = bool(gaps) and label.middle[0] - last.middle[0] < 0.4 * max(gaps)
    overlap = min(last.box[3], label.box[3]) > max(last.box[1], label.box[1])
    return words and adjacent and near and overlap


def tinted(labels: Sequence[Label], pixels: Pixels, ground: Colour) -> list[Label]:
    """Return labels with the colour of their letters: of the pixels furthest from the ground."""
    return [replace(label, tint=_tint(pixels[part_of(label.box)], ground)) for label in labels]


def _tint(part: Pixels, ground: Colour) -> Colour | None:
    off = np.abs(part.astype(np.int16) - np.array(ground)).max(axis=2, initial=0)
    if not off.size or off.max() < 48:
        return None
    inner = part[off > 0.85 * off.max()]  # of letters, without their edges
    red, green, blue = np.median(inner, axis=0).astype(int).tolist()
    return red, green, blue


def without_samples(labels: Sequence[Label], em: float) -> list[Label]:
    """Return labels without the sign or two right before a name of another colour, or shade.

    A legend's line with a mark amid it is read as "IT" or "H". `labels` are `tinted`.
    """
    return [x for x in labels if not any(_is_sample_of(x, other, em) for other in labels)]


def _is_sample_of(label: Label, name: Label, em: float) -> bool:
    """Whether a label may be the sample of a name: right before it, of another colour."""
    sample, tint = label.tint, name.tint
    if sample is None or tint is None or label.angle or off_by(sample, tint) <= _HUE:
        return False
    has_digit = any(map(str.isdecimal, label.text))
    is_sign = not has_digit or (len(label.text) == 1 and hue_of(sample) > _HUE)
    is_before = -0.3 * em < name.box[0] - label.box[2] < 1.3 * em
    is_level = name.box[1] < label.middle[1] < name.box[3]
    return is_sign and is_before and is_level and len(label.text) <= _MIN_WORD <= len(name.text)


def ocr_mask_of(labels: Sequence[Label], width_px: int, height_px: int) -> Mask:
    """Return where lettering stands."""
    mask = np.zeros((height_px, width_px), dtype=bool)
    for label in labels:
        mask[part_of(label.box)] = True
    return mask
