"""The sentence that stands in place of an answer. Knows words alone."""

from __future__ import annotations

from typing import Final

NOT_HELD: Final = "The documents do not hold an answer to this."


def is_refusal(text: str) -> bool:
    """Whether a text says just that, as a model may too: maybe quoted, without a mark."""
    return text.strip(' \n\t"“”*').startswith(NOT_HELD) and "[" not in text
