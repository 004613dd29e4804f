"""Words that are English ones but for their ending or a letter: "Informationen", "Toxizität".

The lists leave out what is spelled as in English; its forms, and what is formed alike in both, are
told by rule where the outcome is a common English word. Knows letters and such words.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Final

from rag.text import fold


@functools.cache
def english_words() -> frozenset[str]:
    """Return some 20,000 words, of the forms of one stem the commonest."""
    kept = resources.files(__package__) / "words" / "english.txt"
    return frozenset(kept.read_text(encoding="utf-8").split())


MIN_LETTERS: Final = 5
"""Shorter words are alike by chance."""

_Endings = tuple[tuple[str, str], ...]

_FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "de": ("", "en", "e", "n", "er", "es", "em", "s"),
    "nl": ("", "en", "e", "n", "s"),
    "fr": ("", "s", "e", "es"),
    "es": ("", "s", "es", "os", "as", "o", "a"),
    "it": ("", "i", "e", "o", "a"),
    "pt": ("", "s", "es", "os", "as", "o", "a"),
}
"""What an inflected word ends in, by language (ISO 639-1)."""

_ENDINGS: Final[Mapping[str, _Endings]] = {
    language: tuple((own, english) for own, _, english in (p.partition(":") for p in pairs.split()))
    for language, pairs in {
        "de": "itat:ity tat:ty ismus:ism isch:ic isch:ical ie:y iv:ive ar:ary os:ous enz:ence"
        " ell:al ieren:e ieren: ieren:ate ieren:y iert:ed",
        "nl": "iteit:ity teit:ty isme:ism isch:ic isch:ical tie:tion ie:y ief:ive ieve:ive"
        " entie:ence eel:al eren:e eren: eren:ate",
        "fr": "ite:ity te:ty isme:ism ique:ic ique:ical ie:y if:ive eur:or eux:ous aire:ary"
        " iser:ize er:e er: er:ate",
        "es": "cion:tion idad:ity dad:ty ismo:ism ico:ic ica:ic ico:ical ia:y ivo:ive oso:ous"
        " ario:ary encia:ence ancia:ance mente:ly ente:ent ante:ant izar:ize ar:e ar:ate",
        "it": "zione:tion ita:ity ta:ty ismo:ism ico:ic ica:ic ico:ical ia:y ivo:ive oso:ous"
        " ario:ary enza:ence anza:ance mente:ly ente:ent ore:or izzare:ize are:e are:ate",
        "pt": "cao:tion sao:sion idade:ity dade:ty ismo:ism ico:ic ica:ic ico:ical ia:y ivo:ive"
        " oso:ous ario:ary encia:ence ancia:ance mente:ly ente:ent ante:ant izar:ize ar:e ar:ate",
    }.items()
}
"""Endings without accents, each with one of English."""

_SPELLED: Final[Mapping[str, _Endings]] = {
    "de": (("k", "c"), ("z", "c")),
    "nl": (("k", "c"), ("f", "ph")),
}
"""Letters that stand for others, all of one kind in a word."""


def cognate(word: str, language: str) -> str:
    """Return the common English word that a small word of a language is; "" where it is none."""
    if len(word) < MIN_LETTERS:
        return ""
    known = english_words()
    made = (one for form in _bare(fold(word), language) for one in _made(form, language))
    return next((one for one in made if len(one) >= MIN_LETTERS and one in known), "")


def _bare(word: str, language: str) -> Iterator[str]:
    """Yield a word without each of the endings of its forms that it has."""
    for ending in _FORMS[language]:
        if word.endswith(ending):
            yield word.removesuffix(ending)


def _made(form: str, language: str) -> Iterator[str]:
    """Yield what a form may be in English."""
    swapped = [form.replace(own, english) for own, english in _SPELLED.get(language, ())]
    for spelled in dict.fromkeys((form, *swapped)):
        yield spelled
        for own, english in _ENDINGS[language]:
            if spelled.endswith(own):
                yield spelled.removesuffix(own) + english
