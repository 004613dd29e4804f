"""Recordings without subtitles are heard, stretch by stretch, and never twice."""

import io
import threading
import time

import numpy as np
import pptx
import pytest
from builders_archives import Shelf, mail
from builders_ingest import Bench
from builders_office import found_file
from builders_recordings import record
from fakes import FakeEmbedder, FakeReader
from pptx.util import Inches

from ingest.discovery.discover import identify
from ingest.parsers.media.recording import read_sound
from ingest.parsers.media.subtitles import NOTHING_HEARD
from ingest.parsers.registry import parser_for
from ingest.pipeline.hearing_pass import Transcription
from ingest.transcription.hearing import Hearing, is_unheard, words_heard
from rag.errors import ModelError
from rag.protocols import SOUND_HZ, Heard, Segment
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

WINDOW_S = 2.0
MOST_STOPPING_S = 5.0


class FakeTranscriber:
    """Hears one sentence in each window, of as many words as it has heard windows."""

    model_id = "fake-ear"
    window_s = WINDOW_S

    def __init__(self, *, stop=None, broken=False):
        self.heard_s = []
        self._stop = stop
        self._broken = broken

    def hear(self, samples):
        if self._broken:
            raise ModelError("The model is broken.")
        self.heard_s.append(len(samples) / SOUND_HZ)
        if self._stop is not None:
            self._stop.set()
        words = f"sentence {len(self.heard_s)}."
        said = Segment(text=words, start_s=0.25, end_s=0.5, probability=0.9 ** len(self.heard_s))
        return Heard(segments=(said,), language="en")


class RecordingReader(FakeReader):
    def __init__(self, bench):
        super().__init__()
        self._bench = bench

    def parse(self, file):
        parser = parser_for(file.media_type, settings=self._bench.settings)
        return parser.parse(file, AssetStore(self._bench.workspace / "assets", megapixels=10))


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.reading = RecordingReader(bench)
    record(bench.folder / "talk.wav", tone_s=5, audio="pcm_s16le")
    bench.run()
    return bench


def transcription_of(index, embedder, transcriber):
    hearing = Hearing(transcriber=transcriber, listen=read_sound, cache=index.ocr_cache, max_s=3600)
    return Transcription(index=index, embedder=embedder, hearing=hearing)


def hear(bench, transcriber, stop=None, *, on_progress=lambda _: None):
    with bench.open() as index:
        transcription = transcription_of(index, bench.embedder, transcriber)
        told = transcription.catch_up(stop, on_progress=on_progress)
        (document,) = [index.document(record.id) for record in index.documents()]
    return told, document


def said(document):
    return [(e.text, e.start_s) for e in document.elements if e.text.startswith("sentence")]


def test_what_is_heard_is_text_with_its_seconds(bench):
    ear = FakeTranscriber()

    told, document = hear(bench, ear)

    starts = [0.25, 0.25 + ear.heard_s[0], 0.25 + sum(ear.heard_s[:2])]
    assert told == ()
    assert said(document) == [("sentence 1.\nsentence 2.\nsentence 3.", 0.25)]
    assert [p.start_s for p in document.elements[-1].provenances] == pytest.approx(starts)
    assert document.warnings == ("what is said was heard by fake-ear, and may be misheard",)
    assert bench.found("sentence") == ["talk.wav"]
    assert words_heard(document) == "sentence 1.\nsentence 2.\nsentence 3."


def test_what_is_heard_keeps_how_probable_its_words_are(bench):
    hear(bench, FakeTranscriber())

    with bench.open() as index:
        (document,) = index.documents()
        chunks = index.chunks_of(document.id)
    assert [chunk.heard_probability for chunk in chunks] == pytest.approx([1.0, 0.813], abs=0.001)


def test_nothing_is_heard_twice(bench):
    stop = threading.Event()
    first = FakeTranscriber(stop=stop)
    _, before = hear(bench, first, stop)
    second = FakeTranscriber()
    _, after = hear(bench, second)
    third = FakeTranscriber()
    hear(bench, third)

    assert (len(first.heard_s), NOTHING_HEARD in before.warnings) == (1, True)
    assert (len(second.heard_s), len(third.heard_s)) == (2, 0)
    assert sum(first.heard_s) + sum(second.heard_s) == pytest.approx(5, abs=0.1)
    assert said(after)[0][0].startswith("sentence 1.\nsentence 1.")


class SlowTranscriber(FakeTranscriber):
    """Takes until it is let go; tells when it began."""

    def __init__(self):
        super().__init__()
        self.began, self.let_go = threading.Event(), threading.Event()

    def hear(self, samples):
        self.began.set()
        self.let_go.wait(60)
        return super().hear(samples)


def test_a_stop_does_not_wait_for_a_window_that_takes_long(bench):
    ear, stop = SlowTranscriber(), threading.Event()
    stopping = threading.Thread(target=lambda: ear.began.wait(60) and stop.set())
    stopping.start()
    began_s = time.monotonic()
    try:
        _, document = hear(bench, ear, stop)
    finally:
        ear.let_go.set()
        stopping.join()

    assert time.monotonic() - began_s < MOST_STOPPING_S
    assert is_unheard(document)


def test_a_recording_that_is_gone_is_told_and_stays_as_it_was(bench):
    (bench.folder / "talk.wav").unlink()

    told, document = hear(bench, FakeTranscriber())

    assert told[0].startswith("What is said in talk.wav was not heard: ")
    assert NOTHING_HEARD in document.warnings


def test_a_model_that_fails_ends_the_hearing(bench):
    with pytest.raises(ModelError):
        hear(bench, FakeTranscriber(broken=True))


def deck_with(sound):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    at = [Inches(1)] * 4
    slide.shapes.add_movie(str(sound), *at, mime_type="audio/wav")
    made = io.BytesIO()
    deck.save(made)
    return made.getvalue()


def mail_with(sound):
    return mail("A voice note", "Listen to it.", {"note.wav": sound.read_bytes()}).as_bytes()


@pytest.mark.parametrize(
    ("name", "made_of", "member"),
    [("talk.pptx", deck_with, "media1.wav"), ("talk.eml", mail_with, "note.wav")],
)
def test_a_recording_in_a_deck_or_a_mail_is_heard(tmp_path, name, made_of, member):
    shelf = Shelf(tmp_path)
    sound = record(tmp_path / "sound.wav", tone_s=3, audio="pcm_s16le")
    shelf.write(name, made_of(sound))
    shelf.ingest()

    with shelf.open() as index:
        told = transcription_of(index, FakeEmbedder(), FakeTranscriber()).catch_up()

    assert told == ()
    assert shelf.found("sentence") == [f"{name}/{member}"]


@pytest.mark.parametrize("suffix", ["ogg", "opus", "flac", "mp3", "m4a", "mov", "mkv", "webm"])
def test_every_kind_of_recording_is_decoded(tmp_path, suffix):
    codec = {"flac": "flac", "mp3": "libmp3lame", "m4a": "aac", "mov": "aac"}
    sound = record(tmp_path / f"a.{suffix}", tone_s=2, audio=codec.get(suffix, "libopus"))

    samples = read_sound(parse_file(sound), start_s=0.5, seconds=1.0)

    assert len(samples) == SOUND_HZ
    assert 0.1 < float(np.sqrt((samples**2).mean())) < 0.25


def test_the_sound_of_a_stretch_is_what_is_played_then(tmp_path):
    with_tone = record(tmp_path / "a.mp4", tone_s=3)
    file = parse_file(with_tone)

    middle, end = (read_sound(file, start_s=at, seconds=1.0) for at in (1.0, 2.5))

    assert len(middle) == SOUND_HZ
    assert 0.1 < float(np.sqrt((middle**2).mean())) < 0.25
    assert len(end) == pytest.approx(SOUND_HZ / 2, abs=SOUND_HZ / 10)
    assert len(read_sound(file, start_s=9.0, seconds=1.0)) == 0


def parse_file(path):
    return identify(found_file(path), settings=Settings())
