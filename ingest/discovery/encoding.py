"""Bytes to text. Knows encodings; knows nothing of files or formats.

Order: a byte order mark, UTF-8, UTF-16 without a mark, UTF-8 with a few broken letters, then the
single- and double-byte encodings that charset-normalizer tells apart. What can't be a letter
becomes U+FFFD; NULs are removed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from typing import Final

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE_BYTES: Final = 65_536
"""How much is read to tell an encoding; charset-normalizer is slow on more."""

CONTROL_SHARE_UTF8: Final = 0.2
CONTROL_SHARE_OTHER: Final = 0.03
"""Above these shares of control bytes it is no text; random bytes have 0.1 and are no UTF-8."""

_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_NO_LETTERS: Final = frozenset({"Cc", "Cn", "Co", "Cs"})
_BROKEN_SHARE: Final = 0.01
_ONE_BYTE_SHARE: Final = 0.4
_LAST_ASCII: Final = 0x7F
_SPRINKLED: Final = 0.5
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]{6}")
_POLISH: Final = re.compile(r"[^\W\d_][³¹¿Ÿ][^\W\d_]")
_CARON: Final = re.compile(r"[šžŠŽ]")
_CZECH: Final = re.compile(r"[øìù]")
_CAPITALS: Final = "\u00c2\u00c3"
_TWICE: Final = re.compile("[\u00c2\u00c3][\u0080-\u00bf]|\u00e2[\u0080\u20ac]\\S")
_OTHER_SCRIPTS: Final = (
    *("cp1251", "koi8_r", "cp866", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "cp949"),
)


def is_text(head: bytes) -> bool:
    """Say whether bytes (the beginning of a file) look like text in any usual encoding."""
    if _marked(head) or _unmarked_utf16(head):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    valid = _is_utf8(head)
    commonest, count = Counter(head or b" ").most_common(1)[0]
    if not valid and commonest > _LAST_ASCII and count > _ONE_BYTE_SHARE * len(head):
        return False
    return controls <= len(head) * (CONTROL_SHARE_UTF8 if valid else CONTROL_SHARE_OTHER)


def decode_text(data: bytes, *, declared: str | None = None) -> str:
    """Return the text of `data`, lines ended by a line feed. `declared` wins if it fits."""
    text = decoded_once(_decode(data, declared))
    return text.lstrip("\ufeff").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(data: bytes) -> str:
    """Return the encoding that `decode_text` reads bytes (the beginning of a file) by."""
    mark = _marked(data)
    if mark:
        return mark[1]
    return "utf-8" if 0 not in data and _is_utf8(data) else _guess(data)


def decoded_once(text: str) -> str:
    """Return a text without what an encoding made of it that was applied twice, line by line."""
    # UTF-8 that someone read as Latin, and wrote. Correct words end so as well (ftfy, too, makes
    # "IRM\u00fb" of "IRM\u00c3\u00bb"): a line is left alone unless it holds what no text does.
    if not _TWICE.search(text):
        return text
    return "\n".join(
        _TWICE.sub(_once, line) if any(map(_is_no_word, _TWICE.finditer(line))) else line
        for line in text.split("\n")
    )


def _is_no_word(match: re.Match[str]) -> bool:
    """Say whether this can't be a capital, which stands after capitals or alone, and a sign."""
    if match.group()[0] not in _CAPITALS or match.group()[1] < "\xa0":
        return True
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if before.isupper():
        return after.islower()
    return before.isalnum() or after.isalnum()


def _once(match: re.Match[str]) -> str:
    for encoding in ("latin-1", "cp1252"):
        try:
            return match.group().encode(encoding).decode()
        except UnicodeError:
            continue
    return match.group()


def _decode(data: bytes, declared: str | None) -> str:
    mark = _marked(data)
    if mark:
        length, encoding = mark
        return data[length:].decode(encoding, errors="replace")
    for encoding in filter(None, ("utf-8" if 0 not in data else None, declared)):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode(_guess(data), errors="replace")


def _marked(data: bytes) -> tuple[int, str] | None:
    """Return the length of the byte order mark and the encoding that it stands for."""
    if data.startswith(codecs.BOM_UTF32_LE):  # begins with UTF-16's mark, which NULs may follow
        with suppress(UnicodeDecodeError):
            data.decode("utf-32")
            return len(codecs.BOM_UTF32_LE), "utf-32-le"
    return next(((len(mark), name) for mark, name in MARKS if data.startswith(mark)), None)


def _is_utf8(data: bytes) -> bool:
    """Say whether `data`, maybe cut within its last letter, is UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str:
    utf16 = _unmarked_utf16(data[:SAMPLE_BYTES])
    if utf16:
        return utf16
    if _is_utf8(data) or _is_broken_utf8(data):
        return "utf-8"
    # Around the first byte that is not ASCII
    first = len(data) - len(data.lstrip(bytes(range(128))))
    start = data.rfind(b"\n", 0, max(0, first - 2000)) + 1
    return _legacy(data[start : start + SAMPLE_BYTES])


def _unmarked_utf16(data: bytes) -> str | None:
    """Tell UTF-16 by its letters: one byte order gives words with spaces, the other nonsense."""
    data = data[: len(data) & ~1]
    if len(data) < 4 or (0 not in data and _is_utf8(data)):  # noqa: PLR2004 - two letters
        return None
    scores = {name: _likeness(data, name) for name in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.95 and min(scores.values()) < scores[best] else None  # noqa: PLR2004 - nearly all letters


def _likeness(data: bytes, encoding: str) -> float:
    """Return the share of ordinary letters; 0 where no space or line end divides them."""
    text = data[:4096].decode(encoding, errors="replace")
    if not any(letter in text for letter in " \n\u3000\u3002"):
        return 0.0
    ordinary = sum(
        letter in "\t\r\n"
        or (letter != "\ufffd" and unicodedata.category(letter) not in _NO_LETTERS)
        for letter in text
    )
    return ordinary / len(text)


def _is_broken_utf8(data: bytes) -> bool:
    """Say whether this is UTF-8 with damage: letters that UTF-8 alone explains, or bytes none does.

    In Latin-1 a high byte stands alone between letters; two in a row that are no UTF-8 are damage.
    """
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for letter in text if letter > "\x7f") - broken
    damaged = any(mark in text for mark in (" \ufffd\ufffd", "\ufffd\ufffd\ufffd"))
    return whole > broken or (damaged and broken <= max(4, _BROKEN_SHARE * len(text)))


def _legacy(sample: bytes) -> str:
    """Return the most likely encoding older than Unicode; Windows Latin where nothing is."""
    high = sum(byte > _LAST_ASCII for byte in sample)
    visible = len(sample.translate(None, b" \t\r\n"))
    if high < _SPRINKLED * visible and not _HIGH_RUN.search(sample):  # as in Latin script
        text = sample.decode("cp1252", errors="replace")
        # Signs that stand for letters of Central Europe in words
        is_eastern = _POLISH.search(text) or (_CARON.search(text) and _CZECH.search(text))
        return "cp1250" if is_eastern else "cp1252"
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 0.1 s, rarely needed

    best = from_bytes(sample, cp_isolation=[*_OTHER_SCRIPTS], enable_fallback=False).best()
    return best.encoding if best else "cp1252"
