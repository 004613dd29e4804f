"""Words searched for in one document: each place where they stand, in reading order. Pure."""

from __future__ import annotations

import itertools
import re
from typing import Final

from pagelight.services.answering.places import Place, found_place
from rag.datamodel import Document

MAX_PLACES: Final = 1000
MAX_LETTERS: Final = 200


def found_in(doc: Document, words: str) -> tuple[Place, ...]:
    """Return where the words stand one after another, at most `MAX_PLACES`; none for no words.

    Case does not matter, nor what white space is between them.
    """
    literals = [re.escape(word) for word in words[:MAX_LETTERS].split()]
    if not literals:
        return ()
    pattern = re.compile(r"\s+".join(literals), re.IGNORECASE)
    found = (
        (element, match.span())
        for element in doc.elements
        for match in pattern.finditer(element.text)
    )
    return tuple(
        found_place(doc, element, span, number=number)
        for number, (element, span) in enumerate(itertools.islice(found, MAX_PLACES), start=1)
    )
