"""Which language a question is in, and what to say where the places found are in another.

By the function words of seven languages, and by the script. Knows words alone.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rag.datamodel import Hit
from rag.index.rows.stop_words import ENGLISH, LEAST, OTHERS
from rag.text import word_spans

_NAMES: Final = ("English", "German", "French", "Spanish", "Italian", "Portuguese", "Dutch")
_LATIN: Final = "Latin"
_PLACES: Final = 8
_LEAST_SHARE: Final = 0.5
"""Of the letters: so many are of the script that a text is said to be in."""


def language_of(text: str) -> str:
    """Return the English name of a text's language, or of its script if that is not Latin.

    "" where neither can be told: too few function words, or as many of English.
    """
    script = script_of(text)
    if script != _LATIN:
        return f"{script} letters" if script else ""
    words = [text[start:end].lower() for start, end in word_spans(text)]
    counts = [sum(word in known for word in words) for known in (ENGLISH, *OTHERS)]
    most = max(counts)
    english, *_ = counts
    is_told = most >= LEAST and (english < most or counts.count(most) == 1)
    return _NAMES[counts.index(most)] if is_told else ""


def script_of(text: str) -> str:
    """Return the script of most letters, as Unicode's names of them begin; "" without letters."""
    letters = [sign for sign in text if sign.isalpha()]
    counts = Counter(unicodedata.name(sign, "").split(" ", 1)[0] for sign in letters)
    script, count = max(counts.items(), key=lambda one: one[1], default=("", 0))
    return script.capitalize() if letters and count >= _LEAST_SHARE * len(letters) else ""


def other_language(question: str, hits: Sequence[Hit], *, across: str = "") -> str:
    """Return what is matched where the question and the places found differ in language; else "".

    `across` names what would find by meaning across languages; "" where it runs already.
    """
    asked = language_of(question)
    found = language_of(" ".join(hit.chunk.text for hit in hits[:_PLACES]))
    if not (asked and found) or asked == found:
        return ""
    matched = (
        f"The question is in {asked}, the places found are in {found}: they are matched by names,"
        " numbers and words that both share."
    )
    return f"{matched} {across}".strip()
