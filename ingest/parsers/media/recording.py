"""Films and sound recordings: what is said and shown, each with its time.

What is said is read from subtitles in the recording or beside it. A recording is opened by FFmpeg:
by its own demuxer alone, from its file alone, within limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Disposition, Stream
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle
from msgspec import structs

from ingest.discovery.formats import FAMILIES, FLAC, M4A, MKV, MOV, MP3, MP4, OGG, PNG, WAV, WEBM
from ingest.parsers.base.dates import day_in
from ingest.parsers.base.elements import (
    document_of,
    figure_element,
    line_provenances,
    one_line,
)
from ingest.parsers.base.pictures import LocalFiles, Pictures
from ingest.parsers.media.film import Budget, Film, only, still_pictures
from ingest.parsers.media.subtitles import (
    LENGTH,
    MAX_CUES,
    NOTHING_HEARD,
    SUBTITLED,
    Cue,
    by_time,
    changes_in,
    in_order,
    paragraphs,
    plain,
    sidecar_cues,
)
from rag.clock import clock
from rag.datamodel import FULL_PAGE, Document, Element, Provenance, SourceFile
from rag.errors import LimitError, SourceError
from rag.protocols import SOUND_HZ, Assets, Samples
from rag.settings import Settings

FACTS: Final = ("artist", "author", "album", "show", "description", "comment")
"""What is kept of the metadata, by FFmpeg's names."""

FILM_SHARE: Final = 0.8
"""Of the seconds that a file may take, those for its pictures."""

MAX_SCENES: Final = 500
LONGEST_FACT: Final = 2000


def parse_recording(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Read words and pictures. Raises SourceError or LimitError.

    A recording that can't be read, but has subtitles beside it, is told by those.
    """
    local = LocalFiles(file, settings=settings)
    said = sidecar_cues(file, local)
    reading = _Recorded(cues=said, settings=settings)
    try:
        with opened(file) as media:
            reading.read(media, assets)
    except SourceError as error:
        if not said:
            raise
        reading.warn(f"the recording itself could not be read ({error})")
    return replace(reading.document(file), companions=local.companions)


@dataclass(slots=True, kw_only=True)
class _Recorded:
    """One recording under work: what was found in it so far."""

    cues: list[Cue]
    settings: Settings
    title: str = ""
    dated: str = ""
    facts: list[str] = field(default_factory=list)
    chapters: list[Element] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)
    shown: list[Element] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def max_s(self) -> float:
        return self.settings.recording_hours * 3600

    def warn(self, what: str) -> None:
        self.warnings.append(what)

    def read(self, media: InputContainer, assets: Assets) -> None:
        self._facts(media)
        for title, start_s, end_s in chapters(media):
            if start_s < self.max_s:
                place = Provenance(span=(0, len(title)), start_s=start_s, end_s=end_s)
                made = Element(role="heading", text=title, level=1, provenances=(place,))
                self.chapters.append(made)
        pictures = Pictures(assets)
        self.pictures = [figure for data in covers(media) for figure in pictures.figure(data)]
        self.warnings += pictures.warnings
        if not self.cues:
            self._subtitles(media)
        self._film(media, assets)
        if media.streams.audio:
            self.warn(SUBTITLED if self.cues else NOTHING_HEARD)

    def document(self, file: SourceFile) -> Document:
        cues = in_order(self.cues)
        if len(cues) > MAX_CUES:
            self.warn(f"only the first {MAX_CUES:,} of its subtitles were read")
        cues = [cue for cue in cues[:MAX_CUES] if cue.start_s < self.max_s]
        changes = changes_in((*self.chapters, *self.shown))
        facts = "\n".join(self.facts)  # their place is the beginning
        places = tuple(structs.replace(p, start_s=0.0) for p in line_provenances(facts))
        about = [Element(role="paragraph", text=facts, provenances=places)] if facts else []
        timed = by_time(self.chapters, self.shown, paragraphs(cues, changes=changes))
        elements = [*about, *self.pictures, *timed]
        return document_of(file, elements, self.title, warnings=self.warnings, dated=self.dated)

    def _facts(self, media: InputContainer) -> None:
        metadata = {key.lower(): value for key, value in media.metadata.items()}
        self.title = metadata.get("title", "")
        self.dated = day_in(metadata.get("creation_time", "") or metadata.get("date", ""))
        length_s = length_of(media)
        if length_s is not None:
            self.facts.append(f"{LENGTH}{clock(length_s)}")
            if length_s > self.max_s:
                self.warn(
                    f"it plays for {clock(length_s)}; only the first {clock(self.max_s)} were "
                    "read; raise RAG_RECORDING_HOURS"
                )
        for key in FACTS:
            if value := one_line(metadata.get(key, ""))[:LONGEST_FACT]:
                self.facts.append(f"{key.capitalize()}: {value}")

    def _subtitles(self, media: InputContainer) -> None:
        """Take the words of the first subtitles that are words; say which others there are."""
        found = media.streams.subtitles
        tracks = [each for each in found if each.codec_context.codec.text_sub]
        if len(tracks) < len(found):  # as those of discs
            self.warn("subtitles that are pictures were not read")
        if not tracks:
            return
        chosen = max(tracks, key=lambda each: bool(each.disposition & each.disposition.default))
        self.cues = list(islice(cues_of(media, chosen), MAX_CUES + 1))
        others = [each.language or "an unnamed language" for each in tracks if each is not chosen]
        if others:
            self.warn(f"of {len(tracks)} subtitles one was read, not those in {', '.join(others)}")

    def _film(self, media: InputContainer, assets: Assets) -> None:
        stream = next((each for each in media.streams.video if not is_cover(each)), None)
        if stream is None:
            return
        max_pixels = self.settings.image_megapixels * 1_000_000
        budget = Budget(FILM_SHARE * self.settings.file_seconds)
        duration_s = length_of(media)
        length_s = min(self.max_s, duration_s or self.max_s)
        film = Film(media, stream, until_s=self.max_s, length_s=length_s, max_pixels=max_pixels)
        samples = film.samples(budget)
        end_s = min(self.max_s, duration_s or film.looked_s)
        found = still_pictures(samples, end_s=end_s)
        for showings in found[:MAX_SCENES]:
            pixels = film.picture(showings[0].at_s)
            if pixels is not None:
                places = tuple(  # each time that it is shown
                    Provenance(bbox=FULL_PAGE, start_s=each.start_s, end_s=each.end_s)
                    for each in showings
                )
                figure = figure_element(assets.put(pixels))
                self.shown.append(replace(figure, provenances=places))
        self._warn_of(film, budget, len(found), end_s)

    def _warn_of(self, film: Film, budget: Budget, found: int, end_s: float) -> None:
        if film.too_large:
            self.warn(
                f"its pictures of {film.too_large} pixels were not looked at; raise "
                "RAG_IMAGE_MEGAPIXELS"
            )
        elif budget.is_spent():
            self.warn(
                f"of its {clock(end_s)} the first {clock(min(film.looked_s, end_s))} were looked "
                "at, and in places only roughly; raise RAG_FILE_SECONDS"
            )
        if found > MAX_SCENES:
            self.warn(f"only the first {MAX_SCENES} of {found} pictures in it were kept")
        if film.faults:
            self.warn("parts of its pictures are damaged or too large, and left out")


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


def length_of(media: InputContainer) -> float | None:
    """Return how long it plays; None where it does not say."""
    if media.duration is not None and media.duration > 0:
        return media.duration / av.time_base
    lengths = [
        float(stream.duration * stream.time_base)
        for stream in media.streams
        if stream.duration is not None and stream.time_base and stream.duration > 0
    ]
    return max(lengths, default=None)


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
