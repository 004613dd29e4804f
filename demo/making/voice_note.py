"""A voice note of the technician, spoken by espeak-ng: a recording without subtitles."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Final

import av

SAID: Final = (
    "Hello, this is Jonas, on Tuesday evening.",
    "The heater in the north room is broken again, so please keep the door closed.",
    "I left the spare fuses in the red box under the stairs.",
    "The carpenter comes on Friday at ten o'clock and brings the new door for the workshop.",
    "Before he arrives, please check the battery. It should show twelve volts.",
    "And please bring some coffee, there is none left.",
)
VOICE: Final = ("espeak-ng", "-v", "en-us", "-s", "140", "-g", "2")
RATE_HZ: Final = 24_000
BITS_PER_S: Final = 16_000


def write(path: Path) -> None:
    """Write the note as Opus. Raises FileNotFoundError where there is no espeak-ng."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run([*VOICE, "-w", spoken, " ".join(SAID)], check=True)
        _encode(spoken, path)


def _encode(spoken: Path, path: Path) -> None:
    exact = {"fflags": "+bitexact"}
    with av.open(str(spoken)) as read, av.open(str(path), "w", options=exact) as written:
        sound = written.add_stream("libopus", rate=RATE_HZ, layout="mono")
        sound.bit_rate = BITS_PER_S
        written.metadata["title"] = "Voice note of Jonas for the next shift"
        for frame in read.decode(audio=0):
            written.mux(sound.encode(frame))
        written.mux(sound.encode(None))
