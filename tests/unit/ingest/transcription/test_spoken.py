"""Spoken words with known times: where windows end, what is passed over, and when it is said."""

import numpy as np
import pytest
from speech import speak
from unit.ingest.transcription.test_hearing import Bench, RecordingReader, hear

from ingest.transcription.hearing import SILENT_LEVEL, STEP_S
from rag.protocols import SOUND_HZ, Heard, Segment

WINDOW_S = 7.0
NEAR_S = 0.2
TALK = (
    "The mill was built in eighteen ninety.",
    0.8,
    "Its wheel turns at nine in the morning.",
    0.8,
    "The miller lives next door.",
    14.0,
    "Now the budget.",
    0.8,
    "All of it costs twelve crowns.",
)


class LoudnessEar:
    """Hears a segment wherever it is loud: when, and not what."""

    model_id = "loudness"
    window_s = WINDOW_S

    def __init__(self):
        self.windows = []

    def hear(self, samples):
        self.windows.append(samples)
        step = round(STEP_S * SOUND_HZ)
        steps = samples[: len(samples) // step * step].reshape(-1, step)
        loud = np.sqrt((steps**2).mean(axis=1)) >= SILENT_LEVEL
        for n in range(1, len(loud) - 1):  # between syllables it is quiet for a moment
            loud[n] |= loud[max(0, n - 3) : n].any() and loud[n + 1 : n + 4].any()
        edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]]))) * STEP_S
        spans = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        return Heard(segments=tuple(Segment(text="Said.", start_s=a, end_s=b) for a, b in spans))


@pytest.fixture
def talk(tmp_path):
    bench = Bench(tmp_path)
    bench.reading = RecordingReader(bench)
    said = speak(bench.folder / "talk.wav", *TALK)
    (tmp_path / "folder" / "one.wav").unlink()
    bench.run()
    return bench, said


def times(document):
    return [
        (p.start_s, p.end_s)
        for e in document.elements
        for p in e.provenances
        if p.end_s is not None
    ]


def test_what_is_said_has_its_seconds_and_silence_is_passed_over(talk):
    bench, said = talk
    ear = LoudnessEar()

    _, document = hear(bench, ear)

    heard = times(document)
    assert [start for start, _ in heard] == pytest.approx([s.start_s for s in said], abs=NEAR_S)
    assert [end for _, end in heard] == pytest.approx([s.end_s for s in said], abs=NEAR_S)
    assert sum(map(len, ear.windows)) / SOUND_HZ < said[-1].end_s - WINDOW_S
    assert all(np.abs(window[-800:]).max() < 10 * SILENT_LEVEL for window in ear.windows)  # pauses
    turns = [e.text.count("Said.") for e in document.elements if "Said." in e.text]
    assert turns == [3, 2]  # the long pause is between them
