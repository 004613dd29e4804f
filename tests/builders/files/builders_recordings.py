"""Makes small recordings by code: slides, subtitles, chapters, covers and a tone."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.subtitles.subtitle import SubtitleSet
from PIL import Image, ImageDraw, ImageFont

MILLISECONDS = Fraction(1, 1000)
RATE_HZ = 16_000
SSA = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,16

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of speech and its seconds."""

    text: str
    start_s: float
    end_s: float
    speaker: str = ""


def slide(*lines: str, size: tuple[int, int] = (320, 240), paper: str = "white") -> np.ndarray:
    """Return a picture with words on it, of the width and height of `size`."""
    picture = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=size[1] // 9)
    for n, line in enumerate(lines):
        pen.text((size[0] // 16, size[1] // 8 * (n + 1)), line, fill="black", font=font)
    return np.asarray(picture)


def record(
    path: Path,
    *,
    shown: Sequence[tuple[np.ndarray, float]] = (),
    said: Sequence[Said] = (),
    chapters: Sequence[tuple[str, float, float]] = (),
    title: str = "",
    tone_s: float = 0.0,
    track: str = "",
    fps: int = 5,
    video: str = "libx264",
    audio: str = "aac",
    options: dict[str, str] | None = None,
) -> Path:
    """Write a recording: pictures with the seconds that each stands, subtitles, a tone."""
    with av.open(path, "w") as media:
        if title:
            media.metadata["title"] = title
        film = _film(media, shown, video=video, fps=fps, options=options or {})
        sound = media.add_stream(audio, rate=RATE_HZ) if tone_s else None
        words = _words(media, track) if said else None
        if chapters:
            media.set_chapters([_chapter(n, *each) for n, each in enumerate(chapters, 1)])
        if film is not None:
            _write_film(media, film, shown, fps=fps)
        if sound is not None:
            _write_tone(media, sound, tone_s)
        for each in said if words is not None else ():
            _write_line(media, words, each)
    return path


def again(path: Path, long: Path, *, times: int) -> Path:
    """Write the pictures of a film so many times after another, without coding them anew."""
    with av.open(path) as once, av.open(long, "w") as media:
        film = media.add_stream_from_template(once.streams.video[0])
        packets = [packet for packet in once.demux(video=0) if packet.size]
        length = packets[-1].pts + packets[-1].duration
        for n in range(times):
            for each in packets:
                packet = av.Packet(bytes(each))
                packet.stream, packet.time_base = film, each.time_base
                packet.pts, packet.dts = each.pts + n * length, each.dts + n * length
                packet.is_keyframe = each.is_keyframe
                media.mux(packet)
    return long


def _film(media, shown, *, video, fps, options):
    if not shown:
        return None
    film = media.add_stream(
        video, rate=fps, options={"preset": "ultrafast", "cpu-used": "8"} | options
    )
    film.height, film.width = shown[0][0].shape[:2]
    film.pix_fmt = "yuv420p"
    return film


def _words(media, track):
    words = media.add_stream(
        track or {"mov": "mov_text", "mp4": "mov_text"}.get(media.format.name, "subrip")
    )
    words.codec_context.subtitle_header = SSA
    words.codec_context.time_base = MILLISECONDS
    return words


def _chapter(number, title, start_s, end_s):
    times = {"start": round(start_s * 1000), "end": round(end_s * 1000)}
    return {"id": number, "time_base": MILLISECONDS, "metadata": {"title": title}, **times}


def _write_film(media, film, shown, *, fps):
    pts = 0
    for picture, seconds in shown:
        for _ in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = pts
            pts += 1
            media.mux(film.encode(frame))
    media.mux(film.encode())


def _write_tone(media, sound, seconds):
    samples = np.sin(np.arange(round(seconds * RATE_HZ)) * (2 * np.pi * 440 / RATE_HZ)) / 4
    for start in range(0, len(samples), 1024):
        block = samples[start : start + 1024].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, start
        frame.time_base = Fraction(1, RATE_HZ)
        media.mux(sound.encode(frame))
    media.mux(sound.encode())


def _write_line(media, words, said):
    line = f"0,0,Default,{said.speaker},0,0,0,,{said.text}".encode()
    length_ms = round((said.end_s - said.start_s) * 1000)
    pts_us = round(said.start_s * 1_000_000)
    packet = words.codec_context.encode_subtitle(
        SubtitleSet.create(text=line, start=0, end=length_ms, pts=pts_us)
    )
    packet.stream, packet.time_base = words, MILLISECONDS
    packet.pts = packet.dts = round(said.start_s * 1000)
    packet.duration = length_ms
    media.mux(packet)


def png(pixels: np.ndarray) -> bytes:
    """Return the encoded picture."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()
