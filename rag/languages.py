"""Which language a text is in: by its letters (py3langid; Lui and Baldwin, ACL 2012).

Few words are English where they may be: a name or a key word tells no other language.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES: Final = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he"),
    *("hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru"),
    *("sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh"),
)
"""ISO 639-1. Rarer ones are not told: they take few words away from these."""

MIN_CHANCE: Final = 0.5
MAX_ENGLISH: Final = 0.02
"""A text that is English with a larger chance is in no other language. With both, 43 of 45 short
questions in 24 languages are told, and none of 587 English ones is taken for another."""

SURE_WORDS: Final = 3
"""Of a question of so many words it is sure that it is not English, though not what it is: of 1,080
English questions none has a chance of English below .23, of 13 others none above .004."""

_SPANISH: Final = frozenset("¿¡")
_LATIN: Final = "Latin"
_MIN_SHARE: Final = 0.5
"""Of the letters: so many are of the script that a text is said to be in."""


@functools.cache
def identifier() -> LanguageIdentifier:
    """Return what gives a text's likeliest language and its chance; 0.5 s when first called."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - loads numpy arrays

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@functools.cache
def _of_short_texts() -> LanguageIdentifier:
    made = identifier.__wrapped__()
    made.set_languages(LANGUAGES)
    return made


def familiarity(text: str) -> float:
    """Return how many sequences that are typical of some language a byte of the text begins."""
    from py3langid.langid import visit_counts  # noqa: PLC0415 - loads numpy arrays

    model, data = identifier(), text.encode(errors="replace")
    rows = [row << 8 for row in model.tk_row]
    visits = visit_counts(model.tk_nextmove, rows, model.tk_output, data) or {}
    return float(sum(visits.values()) / max(1, len(data)))


@functools.lru_cache(maxsize=1024)
def chances(text: str) -> Mapping[str, float]:
    """Return the chance of each of `LANGUAGES`, the likeliest first."""
    return {str(code): float(chance) for code, chance in _of_short_texts().rank(text)}


def language_of(text: str) -> str | None:
    """Return the language (ISO 639-1) that a text is in; None where it can't be told."""
    if not any(map(str.isalpha, text)):
        return None
    if _SPANISH.intersection(text):
        return "es"
    shares = chances(text)
    language = next(iter(shares))
    is_unsure = shares[language] < MIN_CHANCE
    return None if is_unsure or (language != "en" and shares["en"] > MAX_ENGLISH) else language


def languages_in(text: str) -> tuple[str, ...]:
    """Return the same as a tuple: of one, or empty."""
    language = language_of(text)
    return () if language is None else (language,)


def is_foreign(text: str) -> bool:
    """Tell whether a text is surely not in English: in another language or script.

    Of a few key words nothing is sure; they are read as English ones are.
    """
    return script_of(text) not in ("", _LATIN) or language_of(text) not in (None, "en")


def is_foreign_question(text: str) -> bool:
    """Tell the same of a question: it is no table of names, so a few words of letters are sure."""
    if is_foreign(text):
        return True
    is_long = len(text.split()) >= SURE_WORDS and script_of(text) == _LATIN
    return is_long and chances(text)["en"] <= MAX_ENGLISH


def language_name(text: str) -> str:
    """Return the English name of the language that a text is in; "" where it can't be told."""
    from babel import Locale  # noqa: PLC0415 - English needs none of it

    code = language_of(text)
    return str(Locale("en").languages[code]) if code else ""


def script_of(text: str) -> str:
    """Return the script of most letters, as Unicode's names of them begin; "" without letters."""
    counts: Counter[str] = Counter()
    for sign, count in Counter(text).items():
        if sign.isalpha():
            counts[unicodedata.name(sign, "").split(" ", 1)[0]] += count
    script, most = max(counts.items(), key=lambda one: one[1], default=("", 0))
    return script.capitalize() if most and most >= _MIN_SHARE * counts.total() else ""
