"""Members of zip archives that are locked by AES, opened by their password.

WinZip's AE-1 and AE-2 ("AES Encryption Information", version 1.04), which the standard library
does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from ingest.archives.entry import BLOCK_BYTES

METHOD: Final = 99
_EXTRA: Final = 0x9901
_EXTRA_BYTES: Final = 11
_LOCAL_BYTES: Final = 30
_ROUNDS: Final = 1000
_CHECK_BYTES, _SEAL_BYTES = 2, 10
_KEY_BYTES: Final = {1: 16, 2: 24, 3: 32}
_DEFLATED: Final = 8


def aes_blocks(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, password: bytes
) -> Iterator[bytes]:
    """Yield a member's content. Raises RuntimeError for another password, BadZipFile for damage."""
    strength, method = _strength_and_method(member.extra)
    with Path(archive.filename or "").open("rb") as stream:
        stream.seek(member.header_offset)
        head = stream.read(_LOCAL_BYTES)
        if len(head) < _LOCAL_BYTES:
            raise zipfile.BadZipFile("a member that is cut off")
        name_bytes, extra_bytes = struct.unpack("<26x2H", head)
        stream.seek(name_bytes + extra_bytes, 1)
        plain = _plain(stream, member.compress_size, _KEY_BYTES[strength], password)
        yield from _inflated(plain) if method == _DEFLATED else plain


def _strength_and_method(extra: bytes) -> tuple[int, int]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == _EXTRA and at + _EXTRA_BYTES <= len(extra):
            strength, method = struct.unpack_from("<4xBH", extra, at + 4)
            if strength in _KEY_BYTES and method in {0, _DEFLATED}:
                return strength, method
        at += 4 + size
    raise zipfile.BadZipFile("a lock of no known kind")


def _plain(stream: IO[bytes], size_bytes: int, key_bytes: int, password: bytes) -> Iterator[bytes]:
    from Cryptodome.Cipher import AES  # noqa: PLC0415 - only where passwords are lent
    from Cryptodome.Util import Counter  # noqa: PLC0415 - as above

    salt, check = stream.read(key_bytes // 2), stream.read(_CHECK_BYTES)
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * key_bytes + _CHECK_BYTES)
    if keys[-_CHECK_BYTES:] != check:
        raise RuntimeError("another password")
    counter = Counter.new(128, initial_value=1, little_endian=True)
    cipher = AES.new(keys[:key_bytes], AES.MODE_CTR, counter=counter)
    seal = hmac.new(keys[key_bytes:-_CHECK_BYTES], digestmod="sha1")
    left = size_bytes - len(salt) - _CHECK_BYTES - _SEAL_BYTES
    while left > 0 and (block := stream.read(min(left, BLOCK_BYTES))):
        left -= len(block)
        seal.update(block)
        yield cipher.decrypt(block)
    if not hmac.compare_digest(seal.digest()[:_SEAL_BYTES], stream.read(_SEAL_BYTES)):
        raise zipfile.BadZipFile("a member that is not as it was locked")


def _inflated(blocks: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for block in blocks:
        waiting = block
        while waiting:
            yield inflater.decompress(waiting, BLOCK_BYTES)
            waiting = inflater.unconsumed_tail
    yield inflater.flush()
