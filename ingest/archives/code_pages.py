"""Names in archives that do not say in which code page they are written.

A code page is told by all names together: by how many of its words could stand in a text (letters
of one script, capitals first) and then by how familiar its letters are. Of 110 single names in
twelve code pages 102 are told (the rest have two or three letters), and all twelve lists of them.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from rag.languages import familiarity

CODE_PAGES: Final = (
    *("cp437", "cp850", "cp852", "cp1252", "cp1250", "cp866", "cp1251", "cp737", "cp1253"),
    *("gb2312", "cp932", "big5", "euc_kr", "gbk", "cp949"),
)
"""Of DOS and Windows; of two that read alike the first counts."""

SAMPLE_BYTES: Final = 4_000
UTF8_FLAG: Final = 0x800
UNICODE_PATH: Final = 0x7075
"""Where Info-ZIP writes a name in UTF-8 (APPNOTE 4.6.9): version, checksum of the other, name."""

_WIDER: Final = frozenset({"gbk", "cp949"})  # than the letters that are in use
_WORD: Final = re.compile(r"[^\s\x00-/:-@\[-`{-\x7f]+")
_HEAD: Final = struct.Struct("<HH")
_KANA: Final = ("HIRAGANA", "KATAKANA")


def zip_names(members: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the name of each member of a zip as those who wrote it saw it."""
    raw = [  # nothing where a name says that it is in UTF-8
        b"" if member.flag_bits & UTF8_FLAG else member.orig_filename.encode("cp437")
        for member in members
    ]
    page = code_page([name for name in raw if not name.isascii()])
    for member, name in zip(members, raw, strict=True):
        yield _unicode_path(member, name) or name.decode(page, errors="replace") or member.filename


def _unicode_path(member: zipfile.ZipInfo, raw: bytes) -> str:
    """Return the name in UTF-8 beside a name, where it is of that very name."""
    extra = member.extra
    while len(extra) >= _HEAD.size:
        kind, size = _HEAD.unpack_from(extra)
        field, extra = extra[_HEAD.size : _HEAD.size + size], extra[_HEAD.size + size :]
        if kind == UNICODE_PATH and field[1:5] == struct.pack("<L", zlib.crc32(raw)):
            return field[5:].decode(errors="replace")
    return ""


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
    return max(pages, key=lambda page: _likeness(joined, page), default=CODE_PAGES[0])


def _is_in(name: bytes, page: str) -> bool:
    try:
        name.decode(page)
    except UnicodeDecodeError:
        return False
    return True


def _likeness(names: bytes, page: str) -> tuple[int, float]:
    text = names.decode(page, errors="ignore")
    odd = sum(map(_is_odd, _WORD.findall(text)))
    return -odd - (page in _WIDER), familiarity(text)


def _is_odd(word: str) -> bool:
    """Say whether a word beyond ASCII has signs, two scripts, or a capital after a small letter."""
    if word.isascii():
        return False
    plain = [unicodedata.normalize("NFKC", letter) for letter in word]
    if not all(letter.isalpha() or letter.isdecimal() for letter in plain):
        return True
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    return len(scripts) > 1 or (word[1:] != word[1:].lower() and word != word.upper())


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return "CJK" if name.startswith(_KANA) else name.partition(" ")[0]
