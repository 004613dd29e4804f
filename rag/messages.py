"""Catalogues of gettext, and what stands in an answer in the language of its question.

The lines above what is quoted or not sure are in `rag/locale`; a language without a catalogue has
them in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

HERE: Final = "rag.locale"


@cache
def catalogue(language: str, package: str = HERE) -> Mapping[str, str]:
    """Return what the English sentences are in a language (ISO 639-1); empty where none is there.

    It is `LANGUAGE.po` in the package.
    """
    from babel.messages.pofile import read_po  # noqa: PLC0415 - English needs none of it

    file = resources.files(package).joinpath(f"{language}.po")
    if not file.is_file():
        return {}
    with file.open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream) if one.id}


def in_all_languages(english: str) -> frozenset[str]:
    """Return a sentence in English and in every language that has it."""
    names = (file.name for file in resources.files(HERE).iterdir())
    codes = (name.removesuffix(".po") for name in names if name.endswith(".po"))
    return frozenset((english, *(catalogue(code).get(english, english) for code in codes)))
