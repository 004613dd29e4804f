"""Which generator that writes is set, and what a person is told of it. Loads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from rag.datamodel import Prompt
from rag.errors import SettingsError
from rag.models.base.weights import FILE_SCHEME, folder_of
from rag.models.endpoint.client import SCHEMES, Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator
from rag.models.llm.vlm import VlmGenerator
from rag.models.prompting import LoadPixels
from rag.protocols import Generator
from rag.settings import Settings

OPENVINO_SCHEMES: Final = ("openvino:", "gguf:")
"""Before a folder in OpenVINO's form, and before a GGUF file, which OpenVINO reads as well: they
answer as the writer of the set-up does."""


class WritingGenerator(Generator, Protocol):
    """A generator that is told how much of a prompt it can read.

    `sees` tells whether it is shown the pictures of a prompt.
    """

    @property
    def sees(self) -> bool: ...
    def fit(self, prompt: Prompt) -> Prompt: ...
    def warm(self) -> None: ...
    def close(self) -> None: ...


def writer_of(settings: Settings, load_pixels: LoadPixels) -> WritingGenerator | None:
    """Return the generator that `settings.generator` names; None where it names none.

    Raises SettingsError for what is neither a folder nor an address, and ModelError for a folder
    that holds no model.
    """
    source = settings.generator.strip()
    if not source or source.startswith(OPENVINO_SCHEMES):
        return None
    if source.startswith(FILE_SCHEME):
        return VlmGenerator(
            folder_of(source, setting="RAG_GENERATOR"),
            load_pixels,
            answer_tokens=settings.answer_tokens,
            picture_tokens=settings.picture_tokens,
        )
    return _endpoint(settings, load_pixels)


def openvino_path(source: str) -> Path | None:
    """Return the folder or file that OpenVINO runs; None where a source names another kind.

    Raises SettingsError where nothing is there.
    """
    scheme, _, named = source.strip().partition(":")
    if f"{scheme}:" not in OPENVINO_SCHEMES:
        return None
    path = Path(named.strip()).expanduser()
    is_there = path.is_file() if scheme == "gguf" else path.is_dir()
    if not is_there:
        kind = "file" if scheme == "gguf" else "folder"
        raise SettingsError(
            f"RAG_GENERATOR names {path}, and there is no such {kind}.",
            hint="Say where the model is: openvino:/FOLDER or gguf:/FILE.gguf.",
        )
    return path


def _endpoint(settings: Settings, load_pixels: LoadPixels) -> EndpointGenerator:
    address, _, model = settings.generator.partition("#")
    if not settings.generator.strip().startswith(tuple(f"{scheme}:" for scheme in SCHEMES)):
        raise SettingsError(
            f"RAG_GENERATOR is {settings.generator!r}, which is neither a folder nor an address.",
            hint="Say file:/FOLDER, openvino:/FOLDER, gguf:/FILE or http://127.0.0.1:8000/v1.",
        )
    return EndpointGenerator(
        Server(
            address=read_address(address),
            model=model.strip() or settings.generator_model,
            key=settings.generator_key,
        ),
        load_pixels,
        answer_tokens=settings.answer_tokens,
        picture_tokens=settings.picture_tokens,
    )


def where(source: str) -> str:
    """Return where a model that writes does so, as sentences; why not, where it can't be told."""
    if source.strip().startswith(FILE_SCHEME):
        return "A model on this machine writes the answers."
    try:
        sent = read_address(source.partition("#")[0]).notice
    except SettingsError as error:
        return str(error)
    return f"A server writes the answers. {sent}".strip()


def naming_of(settings: Settings, writer: WritingGenerator) -> tuple[str, str]:
    """Return the name of the profile that a writer makes, and who writes, as sentences."""
    kind = "local" if settings.generator.strip().startswith(FILE_SCHEME) else "endpoint"
    return f"{kind}: {writer.model_id}", where(settings.generator)
