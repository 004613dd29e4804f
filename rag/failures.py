"""What a person is told of a model that failed while something else stands in for it."""

from __future__ import annotations

import logging
from typing import Final

from rag.errors import PagelightError

logger = logging.getLogger(__name__)

_MAX_LETTERS: Final = 200


def told_failure(error: Exception, *, of: str) -> str:
    """Return why `of`, the name of a model, failed, as a sentence; a bug's traceback is logged.

    Torch tells of memory by a RuntimeError of its own, which this must not import.
    """
    if isinstance(error, PagelightError):
        return str(error)
    if is_out_of_memory(error):
        return f"The machine ran out of memory while {_amid(of)} ran; take a smaller model."
    if isinstance(error, OSError):
        return f"{of} can't be read: {_first_line(error)}."
    logger.error("%s failed", of, exc_info=error)
    return f"{of} failed: {_first_line(error)}."


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether memory, that of a GPU too, was asked for in vain."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and "alloc" in str(error)


def _amid(name: str) -> str:
    """Return a name as it stands amid a sentence."""
    return f"t{name[1:]}" if name.startswith("The ") else name


def _first_line(error: Exception) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first[:_MAX_LETTERS].rstrip(".:")
