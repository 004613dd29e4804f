"""A document with its language and its chunks. Knows no file, no format and no embedder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.chunking.chunker import CountTokens, chunk_document
from rag.datamodel import Chunk, Document
from rag.languages import identifier

logger = logging.getLogger(__name__)

MIN_LETTERS: Final = 20
"""Of fewer letters nothing is told: the model need not load for them."""

MIN_CHANCE: Final = 0.8
"""Measured on 91 real documents: from here on no language is wrong (75 right, 16 not told)."""

_PIECES: Final = 6
_PIECE_LETTERS: Final = 1000
"""A long document is judged by pieces from all of it: its first page may be in another language."""

_CODE_LETTERS: Final = 2


def with_language(document: Document) -> Document:
    """Return it with the language of its words, if they tell one; no file is believed."""
    language = language_of([element.text for element in document.elements])
    return document if language is None else replace(document, language=language)


def language_of(texts: Sequence[str]) -> str | None:
    """Return the language (ISO 639-1) that texts are surely written in; None where none is told."""
    sample = "\n".join(texts)
    if len(sample) > _PIECES * _PIECE_LETTERS:
        step = (len(sample) - _PIECE_LETTERS) // (_PIECES - 1)
        starts = range(0, _PIECES * step, step)
        sample = " ".join(sample[start : start + _PIECE_LETTERS] for start in starts)
    if sum(sign.isalpha() for sign in sample) < MIN_LETTERS:
        return None
    try:
        language, chance = identifier().classify(sample)
    except OSError as error:  # it unpacks its model into a temporary file: no document waits for it
        logger.warning("The language of a document can't be told: %s.", error)
        return None
    is_sure = chance >= MIN_CHANCE and len(language) == _CODE_LETTERS
    return str(language) if is_sure else None


NOTHING_FOUND: Final = "No text was found in this file."


def cut_document(
    document: Document, *, count_tokens: CountTokens, max_tokens: int
) -> tuple[Document, list[Chunk]]:
    """Return a document with its language, and its chunks; one without any words is told so."""
    document = with_language(document)
    chunks = chunk_document(document, count_tokens=count_tokens, max_tokens=max_tokens)
    if not (chunks or document.pending or NOTHING_FOUND in document.warnings):
        document = replace(document, warnings=(*document.warnings, NOTHING_FOUND))
    return document, chunks
