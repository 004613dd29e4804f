"""Models that hear: a folder of weights, and servers that answer in their ways."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from builders_whisper import save_whisper

from rag.errors import ModelError, SettingsError
from rag.models.setup.bundled import SWITCH
from rag.models.speech import transcriber_of
from rag.protocols import SOUND_HZ, Segment
from rag.settings import Settings

NOISE = np.random.default_rng(1).normal(0, 0.1, 2 * SOUND_HZ).astype(np.float32)
SEGMENTS = {
    "text": "The mill turns. All day.",
    "language": "en",
    "segments": [
        {"start": 0.2, "end": 1.0, "text": " The mill turns."},
        {"start": 1.0, "end": 9.0, "text": " All day."},
        {"start": 1.9, "end": 2.0, "text": "  "},
    ],
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers.get("Authorization"), body))
        status, told = self.server.reply
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def hearing_server(told, status=200):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.reply, server.asked = (status, told), []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_server_is_sent_sound_and_its_segments_are_what_is_said():
    with hearing_server(SEGMENTS) as (server, address):
        settings = Settings(
            transcriber=f"{address}/v1", transcriber_model="small", transcriber_key="secret"
        )
        heard = transcriber_of(settings, {}).hear(NOISE)

    path, key, body = server.asked[0]
    assert heard.language == "en"
    assert heard.segments == (
        Segment(text="The mill turns.", start_s=0.2, end_s=1.0),
        Segment(text="All day.", start_s=1.0, end_s=2.0),
    )
    assert (path, key) == ("/v1/audio/transcriptions", "Bearer secret")
    assert b"RIFF" in body
    assert b"small" in body
    assert b"verbose_json" in body


@pytest.mark.parametrize(
    ("told", "status", "reason"),
    [
        ({"error": "no such model"}, 404, "refuses .404: .*no such model"),
        (b"<html>", 200, "no form that is known"),
        ([], 200, "no form that is known"),
    ],
)
def test_a_server_that_does_not_hear_is_told(told, status, reason):
    with (
        hearing_server(told, status) as (_, address),
        pytest.raises(ModelError, match=reason),
    ):
        transcriber_of(Settings(transcriber=f"{address}/v1"), {}).hear(NOISE)


def test_a_server_that_is_away_is_told_without_its_key():
    settings = Settings(transcriber="http://127.0.0.1:9/v1", transcriber_key="secret")

    with pytest.raises(ModelError, match=r"127.0.0.1:9, does not answer") as told:
        transcriber_of(settings, {}).hear(NOISE)
    assert "secret" not in str(told.value)


def test_a_folder_hears_segments_within_the_sound(tmp_path):
    ear = transcriber_of(Settings(transcriber=f"file:{save_whisper(tmp_path / 'tiny')}"), {})

    heard = ear.hear(NOISE)

    assert ear.model_id == "tiny"
    assert heard.language in {"en", "de"}
    assert all(0 <= s.start_s <= s.end_s <= 2 and s.text for s in heard.segments)
    assert ear.hear(NOISE) == heard


def test_nobody_hears_where_nobody_is_set_and_what_is_neither_is_refused():
    assert transcriber_of(Settings(), {SWITCH: "off"}) is None
    with pytest.raises(SettingsError, match="RAG_TRANSCRIBER"):
        transcriber_of(Settings(transcriber="whisper"), {})
