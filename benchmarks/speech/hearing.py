"""How well and how fast the model of the set-up hears: `python -m benchmarks.speech.hearing FILE…`.

Beside a recording, FILE.txt may hold what is said: then words that are wrong are counted
(Levenshtein over words in small letters, numbers up to twelve as digits).
"""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Final

from ingest.discovery.discover import FoundFile, identify
from ingest.parsers.media.recording import read_sound
from ingest.transcription.hearing import Hearing
from rag.datamodel import version_fields
from rag.models.speech import transcriber_of
from rag.protocols import OcrLine
from rag.settings import Settings

NUMBERS: Final = "zero one two three four five six seven eight nine ten eleven twelve".split()


class Cache(dict[str, list[OcrLine]]):
    """What was heard, kept in memory."""

    def put(self, key: str, lines: list[OcrLine]) -> None:
        self[key] = lines


def main(paths: list[Path]) -> None:
    """Hear each file; print its figures, and those of all."""
    hearer = transcriber_of(Settings(), os.environ)
    if hearer is None:
        sys.exit("The model that hears is not here: pagelight models fetch hearing")
    all_wrong = all_said = 0
    for path in paths:
        hearing = Hearing(transcriber=hearer, listen=read_sound, cache=Cache(), max_s=6 * 3600)
        began_s = time.process_time()
        found = FoundFile(
            path=str(path), source=path.name, root=str(path.parent), **version_fields(path.stat())
        )
        file = identify(found, settings=Settings())
        heard = list(hearing.stretches(file, threading.Event(), lambda _: None))
        cpu_s = time.process_time() - began_s
        segments = [segment for part in heard for segment in part.segments]
        last_s = max((segment.end_s for segment in segments), default=0.0)
        print(f"{path.name}: {cpu_s:.1f} s of CPU, the last word at {last_s:.1f} s", end="")
        beside = path.with_name(path.name + ".txt")
        if beside.is_file():
            said = words_of(beside.read_text(encoding="utf-8"))
            wrong = changes(said, words_of(" ".join(segment.text for segment in segments)))
            all_wrong, all_said = all_wrong + wrong, all_said + len(said)
            print(f", {wrong} of {len(said)} words wrong", end="")
        print()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"at most {peak_mb:.0f} MB; {all_wrong} of {all_said} words wrong")


def words_of(text: str) -> list[str]:
    """Return the words in small letters, small numbers as digits."""
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower())
    return [str(NUMBERS.index(word)) if word in NUMBERS else word for word in words]


def changes(said: list[str], heard: list[str]) -> int:
    """Return how many words are to be changed, added or left out (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for n, word in enumerate(said, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(heard, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (word != other))
    return row[-1]


if __name__ == "__main__":
    main([Path(each).resolve() for each in sys.argv[1:]])
