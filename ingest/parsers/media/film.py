"""A film looked at: its key frames, more where something changes, and what stands still.

To decode a key frame alone costs about a fiftieth of decoding all; where neighbours differ, the
frames between them tell when. A slide is found once, told from cuts, fades and moving cameras.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import av
import numpy as np
from av.container import InputContainer
from av.stream import Discard, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ingest.parsers.base.how_far import looked_through
from rag.protocols import Pixels

WIDTH_PX: Final = 192
HEIGHT_PX: Final = 108
BLOCK_PX: Final = 6
"""A thumbnail, and the blocks that it is compared by: a line of text is about one high."""

ROWS: Final = HEIGHT_PX // BLOCK_PX
COLUMNS: Final = WIDTH_PX // BLOCK_PX
CHANGED: Final = 8.0
"""Mean difference in grey levels from which a block is another; compression alone stays below 3."""

SAME_SHARE: Final = 0.008
"""Pictures are the same if no more of their blocks changed: a pointer moves, a word does not."""

LIVELY_SHARE: Final = 0.35
"""Where more of the picture is in motion than so much, nothing stands still."""

AROUND: Final = 4
"""Steps before and after that tell whether a block is always in motion: who speaks, in a corner."""

STILL_S: Final = 1.5
BLANK_DEVIATION: Final = 4.0
"""Of the grey levels of a picture that shows nothing."""

Thumbnail = NDArray[np.float32]
"""(HEIGHT_PX, WIDTH_PX), grey levels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One picture of a film, small. `is_key`: it can be decoded alone."""

    time_s: float
    thumbnail: Thumbnail
    is_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What stands still from and to which second; `at_s` is when it is seen best."""

    start_s: float
    end_s: float
    at_s: float


def still_pictures(samples: Sequence[Sample], *, end_s: float) -> list[list[Showing]]:
    """Return when each thing is shown that stands still for `STILL_S`, by the first time.

    `samples` are in order of time; the last lasts to `end_s`. Blank pictures are left out.
    """
    found: list[tuple[_Still, list[Showing]]] = []
    for first, last in _still_runs(samples):
        after_s = samples[last + 1].time_s if last + 1 < len(samples) else end_s
        run = samples[first : last + 1]
        still = _still(run)
        if after_s - run[0].time_s < STILL_S or still[0].std() < BLANK_DEVIATION:
            continue
        keys = [sample for sample in run[1:] if sample.is_key]
        best = keys[-1] if keys else run[(len(run) + 1) // 2]  # late, where all of it has come
        shown = Showing(start_s=run[0].time_s, end_s=after_s, at_s=best.time_s)
        known = next((times for seen, times in found if _is_again(seen, still)), None)
        if known is None:
            found.append((still, [shown]))
        else:
            known.append(shown)
    return [times for _, times in found]


def _still_runs(samples: Sequence[Sample]) -> list[tuple[int, int]]:
    """Return the first and last index of runs of at least two samples that are the same."""
    changes = [_changes(a.thumbnail, b.thumbnail) for a, b in pairwise(samples)]
    runs = []
    first = 0
    for n in range(len(samples)):
        goes_on = n < len(changes) and _is_still(changes, n)
        if goes_on and not _is_same(samples[first].thumbnail, samples[n + 1].thumbnail):
            goes_on = _is_again(_still(samples[first : n + 1]), _still(samples[n : n + 2]))
        if not goes_on:
            if n > first:
                runs.append((first, n))
            first = n + 1
    return runs


def _is_same(one: Thumbnail, other: Thumbnail) -> bool:
    return float(_changes(one, other).mean()) <= SAME_SHARE


_Still = tuple[Thumbnail, NDArray[np.bool_]]
"""What a run shows: its last picture, and the blocks that moved in it."""


def _still(run: Sequence[Sample]) -> _Still:
    recent = run[-1 - 2 * AROUND :]
    changes = [_changes(a.thumbnail, b.thumbnail) for a, b in pairwise(recent)]
    moving = np.any(changes, axis=0) if changes else np.zeros((ROWS, COLUMNS), np.bool_)
    return run[-1].thumbnail, np.asarray(moving)


def _is_again(one: _Still, other: _Still) -> bool:
    """Say whether both show the same but for what moves in either."""
    moving = one[1] | other[1]
    changed = _changes(one[0], other[0]) & ~moving
    return bool(moving.mean() <= LIVELY_SHARE and changed.mean() <= SAME_SHARE)


def _changes(one: Thumbnail, other: Thumbnail) -> NDArray[np.bool_]:
    """Return which blocks changed: (rows, columns)."""
    difference = np.abs(one - other)
    blocks = difference.reshape(ROWS, BLOCK_PX, COLUMNS, BLOCK_PX).mean(axis=(1, 3))
    return np.asarray(blocks > CHANGED)


def _is_still(changes: Sequence[NDArray[np.bool_]], n: int) -> bool:
    """Say whether nothing but what always moves moved in a step from one sample to the next."""
    changed = changes[n]
    if changed.mean() <= SAME_SHARE:
        return True
    moving = _always_moving(changes[max(0, n - AROUND) : n]) & _always_moving(
        changes[n + 1 : n + 1 + AROUND]
    )
    return bool(moving.mean() <= LIVELY_SHARE and (changed & ~moving).mean() <= SAME_SHARE)


def _always_moving(changes: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return the blocks that changed in most of these steps; all where there are none."""
    if not changes:
        return np.ones((ROWS, COLUMNS), np.bool_)
    return np.asarray(np.mean(changes, axis=0) > 0.5)  # noqa: PLR2004 - most


STEP_S: Final = 0.4
"""Between frames that are looked at where something changes."""

LONGEST_STEP_S: Final = 12.0
"""Key frames that are farther apart than this are not enough, though they look the same."""

MIN_GAP_S: Final = 1.0
"""Between key frames that are closer no slide is missed, and the moment is told well enough."""

MAX_FAULTS: Final = 200
"""Packets that can't be decoded before a film is given up."""

KEYS_SHARE: Final = 0.5
"""Of the work, about that of looking at key frames; what changes between them is the rest."""

_THREADS: Final = 2
Skip = Literal["DEFAULT", "NONREF", "NONKEY"]
"""Which frames are not decoded: none, those that no other needs, all but key frames."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Processor time that may be spent on a film, from now on."""

    seconds: float
    began_s: float = field(default_factory=time.process_time)

    def is_spent(self, share: float = 1.0) -> bool:
        return time.process_time() - self.began_s > share * self.seconds


def only(media: InputContainer, stream: Stream) -> None:
    """Let the demuxer pass over all but one stream."""
    for each in media.streams:
        each.discard = Discard.default if each.index == stream.index else Discard.all


class Film:
    """One video stream of an open recording, about `length_s` long.

    `until_s`: no later frame is looked at.
    """

    def __init__(
        self,
        media: InputContainer,
        stream: VideoStream,
        *,
        until_s: float,
        length_s: float,
        max_pixels: int,
    ) -> None:
        self._media = media
        self._stream = stream
        self._until_s = until_s
        self._length_s = max(length_s, STEP_S)
        self.faults = 0
        self.looked_s = 0.0
        size = (stream.codec_context.width, stream.codec_context.height)
        self.too_large = "" if size[0] * size[1] <= max_pixels else f"{size[0]} × {size[1]}"
        stream.codec_context.options = {"max_pixels": str(max_pixels)}
        stream.codec_context.thread_count = _THREADS
        stream.codec_context.thread_type = "AUTO"

    def samples(self, budget: Budget) -> list[Sample]:
        """Return pictures of the film by time; where the budget ends, `looked_s` tells."""
        keys = [] if self.too_large else list(self._keys(budget))
        last = Sample(time_s=self.looked_s, thumbnail=np.zeros(0, np.float32), is_key=False)
        between = [
            sample
            for one, other in pairwise((*keys, last))
            if _may_change(one, other) and not budget.is_spent()
            for sample in self._between(one.time_s, other.time_s)
        ]
        return sorted((*keys, *between), key=lambda sample: sample.time_s)

    def picture(self, at_s: float) -> Pixels | None:
        """Return the frame that is shown at a second, in RGB, turned as a player turns it.

        None where it can't be decoded.
        """
        shown = None
        for frame in self._frames("DEFAULT", from_s=at_s):
            shown = frame
            if _time_s(frame) >= at_s - 1e-3:
                break
        if shown is None:
            return None
        turned = np.rot90(shown.to_ndarray(format="rgb24"), round(shown.rotation / 90) % 4)
        return np.ascontiguousarray(turned)

    def _keys(self, budget: Budget) -> Iterator[Sample]:
        for frame in self._frames("NONKEY", from_s=0.0):
            yield _sample(frame, is_key=True)
            self.looked_s = _time_s(frame)
            looked_through(KEYS_SHARE * self.looked_s / self._length_s)
            if budget.is_spent(share=0.6):
                return
        self.looked_s = self._until_s

    def _between(self, start_s: float, end_s: float) -> Iterator[Sample]:
        looked_through(KEYS_SHARE + (1 - KEYS_SHARE) * start_s / self._length_s)
        next_s = start_s + STEP_S
        for frame in self._frames("NONREF", from_s=start_s):
            at_s = _time_s(frame)
            if at_s >= end_s:
                return
            if at_s >= next_s:
                next_s = at_s + STEP_S
                yield _sample(frame, is_key=False)

    def _frames(self, skip: Skip, *, from_s: float) -> Iterator[VideoFrame]:
        """Yield decoded frames from the key frame at or before a second; damaged ones are left."""
        only(self._media, self._stream)
        self._stream.codec_context.skip_frame = skip
        base = self._stream.time_base
        if base is None:
            return
        self._media.seek(max(0, int(from_s / base)), stream=self._stream)
        for packet in self._media.demux(self._stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self.faults += 1
                if self.faults > MAX_FAULTS:
                    return
                continue
            for frame in frames:
                if frame.pts is None:
                    continue
                if _time_s(frame) > self._until_s:
                    return
                yield frame


def _may_change(one: Sample, other: Sample) -> bool:
    """Say whether something changes between two neighbours, or may."""
    gap_s = other.time_s - one.time_s
    if gap_s <= MIN_GAP_S:
        return False
    if gap_s > LONGEST_STEP_S or not other.thumbnail.size:
        return True
    return not _is_same(one.thumbnail, other.thumbnail)


def _sample(frame: VideoFrame, *, is_key: bool) -> Sample:
    small = frame.reformat(WIDTH_PX, HEIGHT_PX, format="gray", interpolation="AREA")
    thumbnail = small.to_ndarray().astype(np.float32)
    return Sample(time_s=_time_s(frame), thumbnail=thumbnail, is_key=is_key)


def _time_s(frame: VideoFrame) -> float:
    return float(frame.time or 0.0)
