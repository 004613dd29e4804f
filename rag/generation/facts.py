"""What of a sentence can be looked up whatever its words: its numbers and months.

Months are read in the languages that Pagelight knows, so a sentence in one language can be checked
against a text in another. Pure functions over text; knows no model.
"""

from __future__ import annotations

import re
from typing import Final

from rag.generation.numbers import unfound_numbers
from rag.languages import is_foreign, script_of, told_languages
from rag.months import months_in

_TOKEN: Final = re.compile(r"[\w/-]{5,}")
_SEPARATORS: Final = re.compile(r"[\W_]")
_PERIOD: Final = re.compile(r"[a-z]{1,3}[1-4]?[-/]?(?:19|20)\d\d", re.IGNORECASE)
"""FY2021, Q3/2015, mid-2023: whose year is looked up as a number."""

_DATE: Final = re.compile(r"\b\d{4}-(\d\d)\b|\b\d{1,2}[./](\d{1,2})[./]\d{2,4}\b")


def unheld_facts(claim: str, told: str) -> bool:
    """Tell whether a number or a month of a sentence stands nowhere in a text."""
    if unfound_numbers(claim, told):
        return True
    own = months_in(claim, told_languages(claim))
    if not own:
        return False
    dated = {int(month) for found in _DATE.findall(told) for month in found if month}
    return bool(own - months_in(told, told_languages(told)) - dated)


def unheld_codes(claim: str, told: str) -> bool:
    """Tell whether a sentence names a part or model (AT90S8515) that a text does not.

    Not even the question's: another place's number is none of that part.
    """
    flat = _SEPARATORS.sub("", told.casefold())
    return any(
        _SEPARATORS.sub("", code.casefold()) not in flat
        for code in _TOKEN.findall(claim)
        if code[0].isalpha() and any(map(str.isdigit, code)) and not _PERIOD.fullmatch(code)
    )


def readable(claim: str, told: str) -> bool:
    """Tell whether the words of a sentence can be compared with those of a text.

    Not where both are in different languages or scripts, nor where the sentence surely is not in
    English and the text, a table or a few words, tells no language.
    """
    if not script_of(told):
        return True
    if script_of(claim) not in {"", script_of(told)}:
        return False
    own, others = told_languages(claim), told_languages(told)
    if own and others:
        return not set(own).isdisjoint(others)
    return not is_foreign(claim)
