"""Which language a question is in, and what to say where the places found are in another.

By the function words of seven languages, and by the script. Knows words alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, Protocol, TypeVar

from rag.datamodel import Hit
from rag.glossary.telling import glossed_language
from rag.stop_words import languages_of


class Worded(Protocol):
    """A question that knows whether it is surely not in English."""

    @property
    def is_foreign(self) -> bool: ...


Asked = TypeVar("Asked", bound=Worded)
Thing = TypeVar("Thing")
Other = TypeVar("Other")

_NAMES: Final = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}
_LATIN: Final = "Latin"
_PLACES: Final = 8
_MIN_SHARE: Final = 0.5
"""Of the letters: so many are of the script that a text is said to be in."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_SPANISH: Final = re.compile("[¿¡]")


def told_languages(text: str) -> tuple[str, ...]:
    """Return the languages (ISO 639-1) that a text in Latin letters may be in, all as likely.

    None where that can't be told: too few function words, or other letters.
    """
    if _SPANISH.search(text):
        return ("es",)
    if script_of(text) != _LATIN:
        return ()
    return languages_of([word.lower() for word in _WORD.findall(text)])


def told_language(text: str) -> str | None:
    """Return the one language (ISO 639-1) that a text is in; None where it can't be told."""
    told = told_languages(text)
    return told[0] if len(told) == 1 else None


def language_name(text: str) -> str:
    """Return the English name of the one language that a text is in; "" where it can't be told."""
    return _NAMES.get(told_language(text) or "", "")


def is_foreign(text: str) -> bool:
    """Tell whether a text is surely not in English: in another language or script.

    Of a few key words nothing is sure; they are read as English ones are.
    """
    script = script_of(text)
    told = told_languages(text)
    return script not in ("", _LATIN) or bool(told and "en" not in told)


def english_rule(
    otherwise: Other,
) -> Callable[[Callable[[Asked], Thing]], cached_property[Thing | Other]]:
    """Make a cached property of a rule over English words; `otherwise` for other languages.

    The one place that skips what was written for English: "Was ist ..." asks no yes or no.
    """

    def made(rule: Callable[[Asked], Thing]) -> cached_property[Thing | Other]:
        def ruled(asked: Asked) -> Thing | Other:
            return otherwise if asked.is_foreign else rule(asked)

        ruled.__doc__ = rule.__doc__
        return cached_property(ruled)

    return made


def script_of(text: str) -> str:
    """Return the script of most letters, as Unicode's names of them begin; "" without letters."""
    counts: Counter[str] = Counter()
    for sign, count in Counter(text).items():
        if sign.isalpha():
            counts[unicodedata.name(sign, "").split(" ", 1)[0]] += count
    script, most = max(counts.items(), key=lambda one: one[1], default=("", 0))
    return script.capitalize() if most and most >= _MIN_SHARE * counts.total() else ""


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
    by_words = read_as or (asked == _NAMES["en"] and glossed_language(places))
    told = [_by_words(asked, found) if by_words else _by_names(asked, found)]
    told += [f"It was read as “{read_as}”."] if read_as else []
    return " ".join(filter(None, (*told, across)))


def _by_words(asked: str, found: str) -> str:
    return (
        f"The question is in {asked}, the places found are in {found}: they are matched word by"
        " word, by a small dictionary."
    )


def _by_names(asked: str, found: str) -> str:
    return (
        f"The question is in {asked}, the places found are in {found}: they are matched by names,"
        " numbers and words that both share."
    )


def _named(text: str) -> str:
    """Return a text's language, or its script if that is not Latin, in English; maybe "".

    Of languages that are as likely all are named, but for English, which any may borrow from.
    """
    told, script = told_languages(text), script_of(text)
    if told == ("en",) or (told and "en" not in told):
        return " or ".join(_NAMES[language] for language in told)
    return f"{script} letters" if script not in ("", _LATIN) else ""
