"""Speech with known words and times, made by espeak-ng; what is said where there is none."""

import os
import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

ESPEAK = "espeak-ng"
NO_SPEECH = f"no {ESPEAK} on this machine: recordings with spoken words are left out"


@dataclass(frozen=True)
class Sentence:
    """Words, and from and to which second they are spoken."""

    text: str
    start_s: float
    end_s: float


def need_espeak() -> None:
    """Leave a test out where nothing speaks; in CI it fails."""
    if shutil.which(ESPEAK) is None:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have {ESPEAK}")
        pytest.skip(NO_SPEECH)


def speak(path: Path, *parts: str | float) -> list[Sentence]:
    """Write a WAV of sentences and of seconds of silence; return what is said when."""
    need_espeak()
    pieces, said, now = [], [], 0
    for part in parts:
        is_pause = isinstance(part, float)
        piece, rate = _silence(part) if is_pause else _spoken(path.parent / "one.wav", part)
        if not is_pause:
            loud = np.nonzero(np.abs(piece.astype(int)) > 300)[0]
            said.append(Sentence(part, float(now + loud[0]) / rate, float(now + loud[-1]) / rate))
        pieces.append(piece)
        now += len(piece)
    _write(path, np.concatenate(pieces), rate)
    return said


RATE_HZ = 22_050
"""Of espeak-ng's voices."""


def _silence(seconds: float) -> tuple[np.ndarray, int]:
    return np.zeros(round(seconds * RATE_HZ), np.int16), RATE_HZ


def _spoken(path: Path, words: str) -> tuple[np.ndarray, int]:
    subprocess.run([ESPEAK, "-v", "en", "-s", "150", "-w", str(path), words], check=True)
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return np.frombuffer(sound.readframes(sound.getnframes()), np.int16), sound.getframerate()


def _write(path: Path, samples: np.ndarray, rate: int) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
