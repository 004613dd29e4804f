"""What is told where a question and the places found are in different languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.datamodel import Hit
from rag.glossary.gloss import glossed_language
from rag.languages import language_name, script_of

_PLACES: Final = 8

_BY_WORDS: Final = "word by word, by a small dictionary"
_BY_NAMES: Final = "by names, numbers and words that both share"


def other_language(
    question: str, hits: Sequence[Hit], *, read_as: str = "", across: str = ""
) -> str:
    """Return what is matched where the question and the places found differ in language; else "".

    `read_as` is the question in English, where it was read so; `across` names what would find by
    meaning across languages; "" where it runs already.
    """
    asked = _named(question)
    places = " ".join(hit.chunk.text for hit in hits[:_PLACES])
    found = _named(places)
    if not (asked and found) or asked == found:
        return ""
    note = f"The question is in {asked}, the places found are in {found}"
    if across:
        by_words = read_as or (asked == "English" and glossed_language(places))
        note += f": they are matched {_BY_WORDS if by_words else _BY_NAMES}"
    read = f"It was read as “{read_as}”." if read_as else ""
    return " ".join(filter(None, (f"{note}.", read, across)))


def _named(text: str) -> str:
    """Return a text's language, or its script where that can't be told, in English; maybe ""."""
    script = script_of(text)
    return language_name(text) or (f"{script} letters" if script not in ("", "Latin") else "")
