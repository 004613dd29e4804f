"""A recording opened by FFmpeg: by its own demuxer alone, from its file alone, within limits.

Knows streams, times and samples of sound; knows nothing of documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Discard, Disposition, Stream
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle
from av.video.stream import VideoStream

from ingest.discovery.formats import FAMILIES, FLAC, M4A, MKV, MOV, MP3, MP4, OGG, PNG, WAV, WEBM
from ingest.parsers.media.subtitles import Cue, plain
from rag.datamodel import SourceFile
from rag.errors import LimitError, SourceError
from rag.protocols import SOUND_HZ, Samples

DEMUXERS: Final = {
    **dict.fromkeys((MP4.media_type, M4A.media_type, MOV.media_type), "mov"),
    **dict.fromkeys((WEBM.media_type, MKV.media_type), "matroska"),
    MP3.media_type: "mp3",
    WAV.media_type: "wav",
    FLAC.media_type: "flac",
    OGG.media_type: "ogg",
}
"""A file is opened as what it is: others (playlists, scripts) may name addresses and files."""

MAX_STREAMS: Final = 64
MAX_COVERS: Final = 4
LARGEST_COVER_BYTES: Final = 20_000_000
_PICTURES: Final = frozenset(each.media_type for each in FAMILIES[PNG.family])


@contextmanager
def opened(file: SourceFile) -> Iterator[InputContainer]:
    """Open a recording. Raises SourceError, LimitError; what FFmpeg says meanwhile is told so."""
    try:
        with av.open(
            file.at,
            format=DEMUXERS[file.media_type],
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        ) as media:
            _check_streams(media)
            yield media
    except av.FFmpegError as error:
        raise SourceError(
            f"The recording is damaged or cut off ({error.strerror}).",
            hint="See whether a player plays it; get an intact copy.",
        ) from error


def _check_streams(media: InputContainer) -> None:
    if len(media.streams) > MAX_STREAMS:
        raise LimitError(
            f"The recording has {len(media.streams)} streams; the limit is {MAX_STREAMS}.",
            hint="Save a copy with the streams that you want.",
        )
    if not (media.streams.video or media.streams.audio or media.streams.subtitles):
        raise SourceError("The recording holds neither pictures nor sound nor subtitles.")


def duration_s(media: InputContainer) -> float | None:
    """Return how long it plays; None where it does not say."""
    if media.duration is not None and media.duration > 0:
        return media.duration / av.time_base
    lengths = [
        float(stream.duration * stream.time_base)
        for stream in media.streams
        if stream.duration is not None and stream.time_base and stream.duration > 0
    ]
    return max(lengths, default=None)


def film(media: InputContainer) -> VideoStream | None:
    """Return the stream of moving pictures; covers are none."""
    return next((each for each in media.streams.video if not is_cover(each)), None)


def is_cover(stream: Stream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def chapters(media: InputContainer) -> Iterator[tuple[str, float, float]]:
    """Yield the chapters that have names: title, first and last second."""
    for each in media.chapters():
        base = float(each["time_base"] or Fraction(1))
        if title := plain(each["metadata"].get("title", "")):
            start_s = max(0.0, each["start"] * base)
            yield title, start_s, max(start_s, each["end"] * base)


def covers(media: InputContainer) -> list[bytes]:
    """Return the encoded pictures that it carries beside its film, from before its beginning."""
    attached = [
        each.data
        for each in media.streams
        if isinstance(each, AttachmentStream) and each.mimetype in _PICTURES
    ]
    streams = [each for each in media.streams.video if is_cover(each)]
    packets = map(bytes, islice(media.demux(*streams), len(streams))) if streams else ()
    found = [data for data in (*attached, *packets) if data and len(data) <= LARGEST_COVER_BYTES]
    return found[:MAX_COVERS]


def only(media: InputContainer, stream: Stream) -> None:
    """Let the demuxer pass over all but one stream."""
    for each in media.streams:
        each.discard = Discard.default if each.index == stream.index else Discard.all


def packets_of(media: InputContainer, stream: Stream) -> Iterator[Packet[Stream]]:
    """Yield the packets of one stream that have a time, from the beginning; others are skipped."""
    only(media, stream)
    media.seek(0)
    for packet in media.demux(stream):
        if packet.pts is not None and packet.size:
            yield packet


def cues_of(media: InputContainer, stream: SubtitleStream) -> Iterator[Cue]:
    """Yield the subtitles of one stream."""
    for packet in packets_of(media, stream):
        start_s = float((packet.pts or 0) * packet.time_base)
        end_s = start_s + float((packet.duration or 0) * packet.time_base)
        for each in packet.decode():
            if not isinstance(each, AssSubtitle):
                continue
            if words := plain((each.dialogue or each.text).decode("utf-8", "replace")):
                yield Cue(text=words, start_s=start_s, end_s=end_s)


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
