"""The model of the set-up: words with their times, and none where nobody speaks."""

import os
import re
from dataclasses import dataclass

import numpy as np
import pytest
from builders_office import found_file
from speech import speak

from ingest.discovery.discover import identify
from ingest.parsers.media.recording import read_sound
from rag.errors import ModelError
from rag.models.setup.bundled import HEARING, SWITCH, model_folder
from rag.models.speech import SmallWhisper, phrases
from rag.protocols import SOUND_HZ
from rag.settings import Settings

FOLDER = model_folder(HEARING, {**os.environ, SWITCH: "on"})
SECONDS = np.arange(20 * SOUND_HZ) / SOUND_HZ
NOISE = np.random.default_rng(3).normal(0, 0.1, len(SECONDS))
NEAR_S = 0.3
MOST_WRONG = 0.2
TALK = (
    "The village pays half of the new roof, and the canton pays the rest.",
    1.0,
    "Visitors may come on Sundays between ten and four.",
    1.0,
    "Please close the gate behind you.",
)
needs_model = pytest.mark.skipif(
    FOLDER is None, reason="the model that hears is not here: pagelight models fetch hearing"
)


def tone(*hertz):
    return sum(np.sin(2 * np.pi * f * SECONDS) for f in hertz) * 0.2


def melody():
    """Return notes of a quarter of a second with overtones, each fading."""
    notes = np.array([262, 330, 392, 523, 392, 330])[(SECONDS * 4).astype(int) % 6]
    turns = np.cumsum(notes) / SOUND_HZ
    return (
        sum(np.sin(2 * np.pi * turns * n) / n for n in (1, 2, 3))
        * 0.2
        * np.exp(-4 * (SECONDS % 0.25))
    )


@pytest.fixture(scope="module")
def ear():
    return SmallWhisper(FOLDER, HEARING.name)


@needs_model
@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(len(SECONDS)),
        NOISE,
        NOISE * (np.sin(SECONDS) > 0),
        tone(440),
        tone(262, 330, 392),
        tone(220) * (1 + np.sin(2 * np.pi * 3 * SECONDS)),
        melody(),
    ],
    ids=["silence", "noise", "noise by turns", "a tone", "a chord", "a trembling tone", "a melody"],
)
def test_what_is_no_speech_gives_no_words(ear, sound):
    assert ear.hear(sound.astype(np.float32)).segments == ()


@needs_model
def test_speech_is_phrases_with_their_times(ear, tmp_path):
    said = speak(tmp_path / "talk.wav", *TALK)

    heard = ear.hear(samples_of(tmp_path / "talk.wav"))

    assert heard.language == "en"
    assert [s.start_s for s in heard.segments] == pytest.approx(
        [s.start_s for s in said], abs=NEAR_S
    )
    assert [s.end_s for s in heard.segments] == pytest.approx([s.end_s for s in said], abs=NEAR_S)
    expected = words_of(" ".join(s.text for s in said))
    told = words_of(" ".join(s.text for s in heard.segments))
    assert wrong(expected, told) <= MOST_WRONG * len(expected)


@dataclass(frozen=True)
class Word:
    word: str
    start: float
    end: float
    probability: float = 1.0


def test_phrases_end_with_sentences_and_at_pauses():
    words = [
        Word(" Mr.", 0.0, 0.3),
        Word(" Bo", 0.3, 0.6),
        Word(" comes.", 0.6, 1.0),
        Word(" He", 1.1, 1.3),
        Word(" waits", 1.3, 1.6),
        Word(" and", 2.5, 2.7),
        Word(" goes", 2.7, 3.0),
    ]

    told = ["".join(word.word for word in phrase) for phrase in phrases(words)]

    assert told == [" Mr. Bo comes.", " He waits", " and goes"]
    assert list(phrases([])) == []


def test_a_folder_without_a_model_is_told(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"none")
    ear = SmallWhisper(tmp_path)

    with pytest.raises(ModelError, match=r"No such file .*tokenizer\.json"):
        _ = ear.model


def words_of(text):
    numbers = {"10": "ten", "4": "four"}
    return [numbers.get(word, word) for word in re.findall(r"\w+", text.lower())]


def wrong(expected, told):
    """Return the words to change, add or leave out (Levenshtein)."""
    row = list(range(len(told) + 1))
    for n, word in enumerate(expected, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(told, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (word != other))
    return row[-1]


def samples_of(path):
    file = identify(found_file(path), settings=Settings())
    return read_sound(file, start_s=0.0, seconds=30.0)
