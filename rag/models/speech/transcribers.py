"""Who hears, by the settings: who they name, else the model of the set-up where it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rag.errors import ModelError, SettingsError
from rag.models.endpoint.address import read_address
from rag.models.endpoint.client import Server
from rag.models.registry.model_store import ModelStore
from rag.models.registry.model_table import MODELS
from rag.models.setup.bundled import HEARING
from rag.models.setup.state import model_folder
from rag.models.speech.server import ServerTranscriber
from rag.models.speech.small_whisper import WEIGHTS, SmallWhisper
from rag.models.speech.whisper import WhisperTranscriber
from rag.protocols import Transcriber
from rag.settings import Settings


def transcriber_of(settings: Settings, environ: Mapping[str, str]) -> Transcriber | None:
    """Return who hears; None where nobody can. Loads nothing yet.

    Raises SettingsError, and ModelError for a model of the table that is not on disk.
    """
    named = settings.transcriber.strip()
    if not named:
        own = None if settings.embedded_models == "off" else model_folder(HEARING, environ)
        return None if own is None else SmallWhisper(own, HEARING.name)
    if named.startswith("file:"):
        folder = Path(named.removeprefix("file:")).expanduser()
        made_by_ctranslate2 = (folder / WEIGHTS).is_file()
        return SmallWhisper(folder) if made_by_ctranslate2 else WhisperTranscriber(folder)
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
