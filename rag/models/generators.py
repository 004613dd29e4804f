"""Which generator that writes is set, and what a person is told of it. Loads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Protocol

from rag.datamodel import Prompt
from rag.errors import SettingsError
from rag.models.base.weights import FILE_SCHEME, folder_of
from rag.models.endpoint.client import Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator
from rag.models.llm.vlm import VlmGenerator
from rag.models.prompting import LoadPixels
from rag.protocols import Generator
from rag.settings import Settings

OPENVINO_SCHEMES: Final = ("openvino:", "gguf:")
"""Before a folder in OpenVINO's form, and before a GGUF file, which OpenVINO reads as well: they
answer as the writer of the set-up does."""


class WritingGenerator(Generator, Protocol):
    """A generator that tells what of a prompt it can read, and whether it sees pictures."""

    @property
    def sees(self) -> bool: ...
    def fit(self, prompt: Prompt) -> Prompt: ...
    def warm(self) -> None: ...
    def close(self) -> None: ...


def writer_of(settings: Settings, load_pixels: LoadPixels) -> WritingGenerator | None:
    """Return the generator that is set, if one is. Raises SettingsError, ModelError."""
    source = settings.generator.strip()
    if not source or source.startswith(OPENVINO_SCHEMES):
        return None
    limits: dict[str, Any] = {
        "answer_tokens": settings.answer_tokens,
        "picture_tokens": settings.picture_tokens,
    }
    if source.startswith(FILE_SCHEME):
        return VlmGenerator(folder_of(source, setting="RAG_GENERATOR"), load_pixels, **limits)
    address, _, model = source.partition("#")
    server = Server(
        address=read_address(address),
        model=model.strip() or settings.generator_model,
        key=settings.generator_key,
    )
    return EndpointGenerator(server, load_pixels, **limits)


def openvino_path(source: str) -> Path | None:
    """Return what OpenVINO runs; None for other kinds. SettingsError: nothing is there."""
    scheme, _, named = source.strip().partition(":")
    if f"{scheme}:" not in OPENVINO_SCHEMES:
        return None
    path = Path(named.strip()).expanduser()
    kind = "file" if scheme == "gguf" else "folder"
    if not (path.is_file() if kind == "file" else path.is_dir()):
        raise SettingsError(
            f"RAG_GENERATOR names {path}, and there is no such {kind}.",
            hint="Say where the model is: openvino:/FOLDER or gguf:/FILE.gguf.",
        )
    return path


def where(source: str) -> str:
    """Return where a model that writes does so, as sentences; why not, where it can't be told."""
    if source.strip().startswith(FILE_SCHEME):
        return "A model on this machine writes the answers."
    try:
        sent = read_address(source.partition("#")[0]).notice
    except SettingsError as error:
        return str(error)
    return f"A server writes the answers. {sent}".strip()
