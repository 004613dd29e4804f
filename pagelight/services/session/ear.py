"""Who hears, for whoever asks: the ingest, what is attached, and dictation.

The model is loaded once, when it is first needed, and one window is heard at a time.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

from ingest.discovery.discover import FoundFile, identify
from ingest.ocr.cache import OcrCache
from ingest.sandbox.parser_process import ParserProcess
from ingest.transcription.hearing import Hearing
from rag.datamodel import version_fields
from rag.errors import PagelightError, SourceError
from rag.models.speech.transcribers import transcriber_of
from rag.protocols import OcrLine, Transcriber
from rag.settings import Settings

DICTATED_S: Final = 300.0
"""Longest dictation: a person waits, and a question has few words."""


class Ear:
    """Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._transcriber: Transcriber | None = None

    @property
    def transcriber(self) -> Transcriber | None:
        """Who hears; None while nobody can. Raises as `transcriber_of`."""
        with self._lock:
            if self._transcriber is None:
                self._transcriber = transcriber_of(self._settings, os.environ)
            return self._transcriber

    @property
    def is_ready(self) -> bool:
        """Whether somebody hears: where the settings name nobody that can, nobody does."""
        try:
            return self.transcriber is not None
        except PagelightError:
            return False

    def hearing(self, reader: ParserProcess, cache: OcrCache) -> Hearing | None:
        """Return how recordings are heard that `reader` decodes; None while nobody hears."""
        return self._hearing(reader, cache, self._settings.recording_hours * 3600)

    def dictated(self, path: Path, reader: ParserProcess) -> str:
        """Return what is said in a file, of which nothing is kept.

        Raises SourceError, and ModelError where the model can't be used.
        """
        hearing = self._hearing(reader, _Nothing(), DICTATED_S)
        if hearing is None:
            raise SourceError("No model hears.", hint="Run: pagelight models fetch hearing")
        found = FoundFile(
            path=str(path.resolve()),
            source=path.name,
            root=str(path.resolve().parent),
            **version_fields(path.stat()),
        )
        file = identify(found, settings=self._settings, tell=reader.tell)
        heard = hearing.stretches(file, threading.Event(), lambda _: None)
        return " ".join(each.text for part in heard for each in part.segments)

    def _hearing(self, reader: ParserProcess, cache: OcrCache, max_s: float) -> Hearing | None:
        who = self.transcriber
        if who is None:
            return None
        return Hearing(transcriber=who, listen=reader.listen, cache=cache, max_s=max_s)


class _Nothing:
    """A cache that keeps nothing."""

    def get(self, key: str) -> list[OcrLine] | None: ...
    def put(self, key: str, lines: list[OcrLine]) -> None: ...
