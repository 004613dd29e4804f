"""The sound of a recording, a stretch at a time, as models that hear want it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from ingest.parsers.media.container import only, opened
from rag.datamodel import SourceFile
from rag.errors import SourceError
from rag.protocols import SOUND_HZ, Samples

MAX_FAULTS: Final = 200
"""Packets of a stretch that can't be decoded before it is given up."""


def read_sound(file: SourceFile, *, start_s: float, seconds: float) -> Samples:
    """Return at most so many seconds of the first sound track; none behind its end.

    Raises SourceError.
    """
    with opened(file) as media:
        if not media.streams.audio:
            raise SourceError("The recording has no sound.")
        return _stretch(media, media.streams.audio[0], start_s, seconds)


def _stretch(media: InputContainer, stream: AudioStream, start_s: float, seconds: float) -> Samples:
    """Return the samples from a second on; where sound is missing there is silence."""
    wanted = round(seconds * SOUND_HZ)
    samples = np.zeros(wanted, np.float32)
    filled = 0
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SOUND_HZ)
    for frame in _frames(media, stream, start_s):
        at = round(((frame.time or 0.0) - start_s) * SOUND_HZ)
        if at >= wanted:
            break
        for piece in resampler.resample(frame):
            block = piece.to_ndarray().reshape(-1)
            begin, end = max(0, at), min(wanted, at + len(block))
            if begin < end:
                samples[begin:end] = block[begin - at : end - at]
                filled = max(filled, end)
            at += len(block)
    return samples[:filled]


def _frames(media: InputContainer, stream: AudioStream, start_s: float) -> Iterator[AudioFrame]:
    only(media, stream)
    base = stream.time_base
    if start_s > 0 and base is not None:
        media.seek(int(start_s / base), stream=stream)
    faults = 0
    for packet in media.demux(stream):
        try:
            yield from (frame for frame in packet.decode() if frame.pts is not None)
        except av.FFmpegError:
            faults += 1
            if faults > MAX_FAULTS:
                return
