"""How to reach somebody: what contact a question asks for, and how such a one is written.

What is asked for has a form, so that a text without one holds no answer, whatever else it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_I: Final = re.IGNORECASE
_ENDS: Final = r"(?=\W*$| (?:of|for|to reach|at) )"

_CONTACTS: Final = (
    (
        re.compile(rf"\be-?mail(?: address(?:es)?|-?adresse|s)?{_ENDS}", _I),
        re.compile(r"\w@\w[\w-]*\.\w"),
    ),
    (
        re.compile(
            rf"\b(?:(?:phone|telephone|fax|mobile|cell) (?:number|no)s?\b|(?:tele)?phone{_ENDS}"
            rf"|telefon(?:nummer)?{_ENDS}|num[ée]ro de t[ée]l[ée]phone\b)",
            _I,
        ),
        re.compile(r"(?:\+|\(|\b)\d(?:[ ()./-]{0,2}\d){5,}"),
    ),
    (
        re.compile(rf"\b(?:web ?sites?|home ?page|web ?page|url|web address){_ENDS}", _I),
        re.compile(r"https?:|www\.|\w\.(?:com|org|net|edu|gov|info|io|eu|[a-z]{2})\b", _I),
    ),
)
"""What asks for a contact, and the form of one: an address of mail (RFC 5321), six digits or more
(ITU-T E.164 allows fifteen), a host."""


def lacks_contact(question: str, texts: Iterable[str]) -> bool:
    """Tell whether a contact is asked for that none of the texts holds one like."""
    forms = [form for asks, form in _CONTACTS if asks.search(question)]
    return bool(forms) and not any(form.search(text) for text in texts for form in forms)
