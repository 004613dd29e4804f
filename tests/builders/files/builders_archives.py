"""Archives, mails and a folder that holds them, ingested for real but for the model."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import pyzipper
from builders_index import open_index
from fakes import FakeEmbedder, MadeReader
from py7zr import SevenZipFile

from ingest.archives.containers import unpack
from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.discovery.discover import LOCAL_DISK
from ingest.parsers.registry import parser_for
from ingest.pipeline.pipeline import Ingest
from rag.datamodel import NO_FILTERS
from rag.errors import SourceError
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex


def zipped(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes | tarfile.TarInfo], *, mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members.items():
            if isinstance(data, tarfile.TarInfo):
                archive.addfile(data)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def greedy_xz(words: bytes) -> bytes:
    """Return an xz file that asks its reader for a dictionary of 4 GB (xz format, 5.3.1)."""
    data = bytearray(lzma.compress(words, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]))
    begin, end = 12, 12 + 4 * (data[12] + 1)
    data[data.index(b"\x21\x01", begin) + 2] = 40
    data[end - 4 : end] = zlib.crc32(data[begin : end - 4]).to_bytes(4, "little")
    return bytes(data)


def packed(members: dict[str, bytes], *, plain_names: bool = False, **options) -> bytes:
    """Return a 7-Zip archive; `plain_names`: its list of names is not compressed."""
    buffer = io.BytesIO()
    with SevenZipFile(buffer, "w", **options) as archive:
        archive.set_encoded_header_mode(not plain_names)
        for name, data in members.items():
            archive.writestr(data, name)
    return buffer.getvalue()


def mail(subject: str, body: str, attached: dict[str, bytes] | None = None) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Ada <ada@example.org>"
    message["To"] = "bo@example.org"
    message["Message-ID"] = "<1@example.org>"
    message.set_content(body)
    for name, data in (attached or {}).items():
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return message


class Shelf:
    """A folder of documents and its workspace."""

    def __init__(self, root: Path, **settings: object) -> None:
        self.folder, self.workspace = root / "folder", root / "workspace"
        self.folder.mkdir()
        self.settings = Settings(ocr=False, **settings)
        self.disk = LOCAL_DISK
        self.parsed: list[str] = []
        self.unpacked: list[str] = []

    def write(self, name: str, data: bytes | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def open(self) -> WorkspaceIndex:
        return open_index(self.workspace, chunker_version=CHUNKER_VERSION)

    def ingest(self) -> dict[str, tuple[str, str]]:
        """Return (state, reason) of each source."""
        self.parsed, self.unpacked = [], []
        with self.open() as index:

            def parse(file):
                self.parsed.append(file.source)
                parser = parser_for(file.media_type, settings=self.settings)
                if parser is None:
                    raise SourceError(f"Files of type {file.media_type} are not read.")
                return parser.parse(file, index.assets)

            def take_apart(file, budget):
                self.unpacked.append(file.source)
                return unpack(file, store=index.members, settings=self.settings, budget=budget)

            ingest = Ingest(
                index,
                FakeEmbedder(),
                MadeReader(parse, unpack=take_apart),
                self.settings,
                disk=self.disk,
            )
            report = ingest.run(self.folder, on_progress=lambda _: None)
            assert index.check() == []
        return {file.source: (file.state, file.reason) for file in report.files}

    def states(self) -> dict[str, str]:
        return {source: state for source, (state, _) in self.ingest().items()}

    def found(self, words: str) -> list[str]:
        with self.open() as index:
            hits = index.search_lexical(words, k=10, filters=NO_FILTERS)
            return [hit.chunk.source for hit in hits]


def aes_zip(name: str, data: bytes, password: str) -> bytes:
    """Return a zip of one deflated member, locked by AES of 256 bits (WinZip's AE-2)."""
    buffer = io.BytesIO()
    how = {"compression": pyzipper.ZIP_DEFLATED, "encryption": pyzipper.WZ_AES}
    with pyzipper.AESZipFile(buffer, "w", **how) as archive:
        archive.setpassword(password.encode())
        archive.writestr(name, data)
    return buffer.getvalue()


def locked_zip(name: str, data: bytes, password: str) -> bytes:
    """Return a zip of one stored member, locked by the cipher of APPNOTE 6.1."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(value: int, byte: int) -> int:
        return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def turn(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    def locked(byte: int) -> int:
        low = keys[2] & 0xFFFF | 2
        cipher = byte ^ (low * (low ^ 1) >> 8) & 0xFF
        turn(byte)
        return cipher

    for byte in password.encode():
        turn(byte)
    checksum = zlib.crc32(data)
    body = bytes(map(locked, bytes(11) + bytes([checksum >> 24]) + data))
    fields = struct.pack("<4HLLLHH", 1, 0, 0, 0, checksum, len(body), len(data), len(name), 0)
    local = b"PK\3\4\x14\0" + fields + name.encode() + body
    listed = b"PK\1\2\x14\0\x14\0" + fields + bytes(14) + name.encode()
    end = struct.pack("<4s4HLLH", b"PK\5\6", 0, 0, 1, 1, len(listed), len(local), 0)
    return local + listed + end
