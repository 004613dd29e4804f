"""Recordings of talks, made by code: slides, cuts, fades, a moving camera, lines as subtitles.

What is shown and said, and when, is known to the second. Knows pictures and time; knows no facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import av
import numpy as np
from av.container import OutputContainer
from av.subtitles.subtitle import SubtitleSet
from av.video.stream import VideoStream
from look import BLUE, INK, SANS, SANS_BOLD
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FADE_S: Final = 0.8
SOUND_HZ: Final = 16_000
_MILLISECONDS: Final = Fraction(1, 1000)
_SSA: Final = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,16

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """What stands on a slide."""

    title: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Some seconds of a film: a slide, or a camera that moves. `fades`: it comes up slowly."""

    seconds: float
    slide: Slide | None = None
    fades: bool = False
    picture: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A spoken line and its seconds."""

    text: str
    start_s: float
    end_s: float
    speaker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A recording as it is to be: shots one after another, lines, and chapters by their start."""

    title: str
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...] = ()
    chapters: tuple[tuple[str, float], ...] = ()

    @property
    def seconds(self) -> float:
        return sum(shot.seconds for shot in self.shots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """How a film is written. `key_frames`: at most so many frames from one to the next."""

    width_px: int = 640
    height_px: int = 360
    fps: int = 10
    codec: Literal["libx264", "libvpx"] = "libx264"
    key_frames: int = 250
    quality: int = 30
    sound: bool = False
    seed: int = 1


def film(path: Path, talk: Talk, camera: Camera) -> None:
    """Write the recording; its suffix says the container. The same values write the same bytes."""
    options = {"fflags": "+bitexact"}
    with av.open(path, "w", options=options) as media:
        media.metadata["title"] = talk.title
        stream = _stream(media, camera)
        sound = media.add_stream("aac", rate=SOUND_HZ, bit_rate=16_000) if camera.sound else None
        words = _track(media, path) if talk.lines else None
        media.set_chapters(_chapters(talk))
        for n, picture in enumerate(pictures(talk, camera)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = n
            media.mux(stream.encode(frame))
        media.mux(stream.encode())
        if sound is not None:
            _hum(media, sound, talk.seconds)
        for line in talk.lines if words is not None else ():
            _say(media, words, line)


def pictures(talk: Talk, camera: Camera) -> Iterator[Pixels]:
    """Yield the frames of a film."""
    before: Pixels | None = None
    scenery = _Scenery(camera)
    for shot in talk.shots:
        drawn = None if shot.slide is None else slide_picture(shot.slide, camera, shot.picture)
        frames = round(shot.seconds * camera.fps)
        for n in range(frames):
            picture = scenery.next() if drawn is None else drawn
            share = (n + 1) / max(1, round(FADE_S * camera.fps)) if shot.fades else 1.0
            if before is not None and share < 1:
                mixed = before * (1 - share) + picture.astype(np.float32) * share
                picture = mixed.astype(np.uint8)
            yield picture
            if n == frames - 1:
                before = picture.astype(np.float32)


def slide_picture(slide: Slide, camera: Camera, beside: Path | None = None) -> Pixels:
    """Draw a slide: a title above a rule, and its points; maybe a picture on the right."""
    width, height = camera.width_px, camera.height_px
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    large = ImageFont.truetype(str(SANS_BOLD), round(height / 12))
    small = ImageFont.truetype(str(SANS), round(height / 17))
    left = width // 14
    pen.text((left, height // 10), slide.title, fill=BLUE, font=large)
    pen.line((left, height // 4, width - left, height // 4), fill=BLUE, width=max(2, height // 180))
    for n, point in enumerate(slide.points):
        pen.text((left, height * (0.33 + 0.13 * n)), f"• {point}", fill=INK, font=small)
    if beside is not None:
        with Image.open(beside) as shown:
            shown.thumbnail((width // 3, height // 2))
            place = (width - left - shown.width, height - height // 10 - shown.height)
            picture.paste(shown.convert("RGB"), place)
    return np.asarray(picture)


class _Scenery:
    """A hall seen by a camera that wanders over it."""

    def __init__(self, camera: Camera) -> None:
        self._size = (camera.width_px, camera.height_px)
        self._rng = np.random.default_rng(camera.seed)
        self._hall = self._painted(3 * camera.width_px, 2 * camera.height_px)
        self._at = np.array([camera.width_px / 2, camera.height_px / 3])
        self._pace = np.array([90.0, 20.0]) / camera.fps * camera.width_px / 640

    def next(self) -> Pixels:
        """Return the next frame."""
        width, height = self._size
        most = np.array([2 * width, height]) - 1
        self._at += self._pace + self._rng.normal(0, 1, 2)
        self._pace = np.where((self._at < 0) | (self._at > most), -self._pace, self._pace)
        self._at = np.clip(self._at, 0, most)
        x, y = self._at.astype(int)
        return np.ascontiguousarray(self._hall[y : y + height, x : x + width])

    def _painted(self, width: int, height: int) -> Pixels:
        coarse = [
            Image.fromarray(self._rng.integers(0, 255, (n, 2 * n, 3), dtype=np.uint8)).resize(
                (width, height), Image.Resampling.BICUBIC
            )
            for n in (4, 12, 40)
        ]
        shares = (0.5, 0.3, 0.2)
        mixed = sum(np.asarray(c, np.float32) * s for c, s in zip(coarse, shares, strict=True))
        return np.asarray(mixed).astype(np.uint8)


def _stream(media: OutputContainer, camera: Camera) -> VideoStream:
    fast = {"preset": "veryfast", "crf": str(camera.quality), "threads": "1"}
    if camera.codec == "libvpx":
        fast = {"deadline": "realtime", "cpu-used": "8", "threads": "1"}
    options = fast | {"g": str(camera.key_frames), "flags": "+bitexact"}
    stream = media.add_stream(camera.codec, rate=camera.fps, options=options)
    stream.width, stream.height, stream.pix_fmt = camera.width_px, camera.height_px, "yuv420p"
    if camera.codec == "libvpx":
        stream.bit_rate = 600_000
    return stream


def _track(media: OutputContainer, path: Path):  # noqa: ANN202 - a stream of subtitles
    codec = {".mp4": "mov_text", ".mov": "mov_text", ".webm": "webvtt"}.get(path.suffix, "ass")
    words = media.add_stream(codec)
    words.codec_context.subtitle_header = _SSA
    words.codec_context.time_base = _MILLISECONDS
    words.metadata["language"] = "eng"
    return words


def _chapters(talk: Talk) -> list[av.container.core.Chapter]:
    ends = [*(start_s for _, start_s in talk.chapters[1:]), talk.seconds]
    return [
        {
            "id": n,
            "start": round(start_s * 1000),
            "end": round(end_s * 1000),
            "time_base": _MILLISECONDS,
            "metadata": {"title": title},
        }
        for n, ((title, start_s), end_s) in enumerate(zip(talk.chapters, ends, strict=False), 1)
    ]


def _hum(media: OutputContainer, sound, seconds: float) -> None:  # noqa: ANN001 - as above
    """Write the quiet hum of a room."""
    rng = np.random.default_rng(5)
    for start in range(0, round(seconds * SOUND_HZ), 1024):
        block = (rng.normal(0, 0.002, 1024)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_HZ, start, Fraction(1, SOUND_HZ)
        media.mux(sound.encode(frame))
    media.mux(sound.encode())


def _say(media: OutputContainer, words, line: Line) -> None:  # noqa: ANN001 - as above
    length_ms = round((line.end_s - line.start_s) * 1000)
    packet = words.codec_context.encode_subtitle(
        SubtitleSet.create(
            text=f"0,0,Default,{line.speaker},0,0,0,,{line.text}".encode(),
            start=0,
            end=length_ms,
            pts=round(line.start_s * 1_000_000),
        )
    )
    packet.stream, packet.time_base = words, _MILLISECONDS
    packet.pts = packet.dts = round(line.start_s * 1000)
    packet.duration = length_ms
    media.mux(packet)
