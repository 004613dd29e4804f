"""Who hears, by the settings. Knows no protocol and no model."""

from __future__ import annotations

from pathlib import Path

from rag.errors import ModelError, SettingsError
from rag.models.endpoint.address import read_address
from rag.models.endpoint.client import Server
from rag.models.registry.model_store import ModelStore
from rag.models.registry.model_table import MODELS
from rag.models.speech.server import ServerTranscriber
from rag.models.speech.whisper import WhisperTranscriber
from rag.protocols import Transcriber
from rag.settings import Settings


def transcriber_of(settings: Settings) -> Transcriber | None:
    """Return who hears; None where nobody is set. Loads nothing yet.

    Raises SettingsError, and ModelError for a model of the table that is not on disk.
    """
    named = settings.transcriber.strip()
    if not named:
        return None
    if named.startswith("file:"):
        return WhisperTranscriber(Path(named.removeprefix("file:")).expanduser())
    if named in {model.name for model in MODELS if model.part == "hearing"}:
        return WhisperTranscriber(_fetched(named, ModelStore(settings.models)))
    if "://" not in named:
        raise SettingsError(
            f"RAG_TRANSCRIBER is {named!r}: no file:FOLDER, no address, no model that is listed.",
            hint="Say whisper-small, file:/models/whisper-small or http://127.0.0.1:8000/v1.",
        )
    address = read_address(named, setting="RAG_TRANSCRIBER")
    server = Server(address=address, model=settings.transcriber_model, key=settings.transcriber_key)
    return ServerTranscriber(server)


def _fetched(name: str, store: ModelStore) -> Path:
    if store.find(name) is None:
        raise ModelError(
            f"RAG_TRANSCRIBER is {name}, which is not on this machine.",
            hint=f"Run: pagelight models fetch {name}",
        )
    return store.path(name)
