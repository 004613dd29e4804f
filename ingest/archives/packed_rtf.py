"""The rich text of Outlook messages, unpacked ([MS-OXRTFCP], a kind of LZ77). Knows no RTF."""

from __future__ import annotations

import struct
from typing import Final

_WINDOW_BYTES: Final = 4096
_HEAD_BYTES: Final = 16
_PACKED, _PLAIN = b"LZFu", b"MELA"
_COMMON: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""Words that stand in the window before the first byte ([MS-OXRTFCP] 2.1.2.1)."""


def unpack_rtf(data: bytes) -> bytes:
    """Return the rich text; its beginning, where the data was cut off.

    Raises ValueError where it is packed in no known way, struct.error where it has no head.
    """
    size_bytes, kind = struct.unpack_from("<4xL4s", data)
    if kind not in {_PACKED, _PLAIN}:
        raise ValueError("rich text that is packed in no known way")
    packed = data[_HEAD_BYTES:]
    return (_unpacked(packed) if kind == _PACKED else packed)[:size_bytes]


def _unpacked(packed: bytes) -> bytes:
    """Read eight tokens a turn: a byte as it is, or the place of words that came before."""
    text = bytearray(_COMMON.rjust(_WINDOW_BYTES))
    at = 0
    while at < len(packed):
        kinds, at = packed[at], at + 1
        for bit in range(8):
            if not kinds >> bit & 1:
                text += packed[at : at + 1]
                at += 1
            elif not _repeat(text, packed[at : at + 2]):
                return bytes(text[_WINDOW_BYTES:])
            else:
                at += 2
    return bytes(text[_WINDOW_BYTES:])


def _repeat(text: bytearray, reference: bytes) -> bool:
    """Put the words of a reference, 12 bits of place and 4 of length; False at the end."""
    place, length = divmod(int.from_bytes(reference, "big"), 16)
    back = (len(text) + len(_COMMON) - place) % _WINDOW_BYTES
    if not back or len(reference) < 2:  # noqa: PLR2004 - bytes of a reference
        return False
    for _ in range(length + 2):
        text.append(text[-back])
    return True
