"""Words searched for in one document: each place where they stand, in reading order. Pure.

Knows elements and places; knows nothing of HTML, files or the index.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from pagelight.services.answering.places import Place, found_place
from rag.datamodel import Document

MOST_PLACES: Final = 1000
MOST_LETTERS: Final = 200


def found_in(doc: Document, words: str) -> tuple[Place, ...]:
    """Return where the words stand one after another, at most `MOST_PLACES`; none for no words.

    Case does not matter, nor what white space is between them.
    """
    literals = [re.escape(word) for word in words[:MOST_LETTERS].split()]
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
        for number, (element, span) in enumerate(itertools.islice(found, MOST_PLACES), start=1)
    )
