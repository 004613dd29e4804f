"""The sentences that stand in place of an answer, or before what is closest. Knows words alone."""

from __future__ import annotations

from typing import Final

NOT_HELD: Final = "The documents do not hold an answer to this."
"""What a model is told to say; a reader is told what comes closest, or `NOTHING_FOUND`."""

NOTHING_FOUND: Final = "Nothing was found about this in the documents."
CLOSEST: Final = "Not stated directly; closest:"


def is_refusal(text: str) -> bool:
    """Whether a text says just that, as a model may too: maybe quoted, without a mark."""
    told = text.strip(' \n\t"“”*')
    return told.startswith((NOT_HELD, NOTHING_FOUND)) and "[" not in text
