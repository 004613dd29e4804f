"""Locked files are told as such, are read with the passwords that are lent, and keep none."""

import io

import docx
import msoffcrypto
import psutil
import pypdf
import pytest
from builders_archives import aes_zip, locked_zip, packed
from builders_index import open_index
from builders_pdf import Page, pdf_bytes, with_files
from fakes import FakeEmbedder
from typer.testing import CliRunner

import app
from ingest.archives.passwords import lending, lent
from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from ingest.sandbox.parser_process import ParserProcess
from rag.datamodel import NO_FILTERS
from rag.settings import Settings

KEY = "blåbær-4417"
TOLD = (
    "password protected. Unlock it on the page or with pagelight ingest --password-file FILE, "
    "or save a copy without a password."
)


def locked_pdf(words, algorithm):
    inner = with_files(
        pdf_bytes(Page().text(50, 50, words)), **{"fees.csv": b"ship,fee\nFreya,63\n"}
    )
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(inner)))
    writer.encrypt(KEY, "owner", algorithm=algorithm)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def locked_word(words):
    document, plain, locked = docx.Document(), io.BytesIO(), io.BytesIO()
    document.add_paragraph(words)
    document.save(plain)
    msoffcrypto.OfficeFile(plain).encrypt(KEY, locked)
    return locked.getvalue()


class Harbour:
    """A folder of locked files, read in child processes."""

    def __init__(self, root):
        self.folder, self.workspace = root / "folder", root / "workspace"
        self.folder.mkdir()
        self.arguments = []

    def ingest(self, *passwords):
        settings, embedder = Settings(ocr=False), FakeEmbedder()
        with (
            lending(passwords),
            self.open() as index,
            ParserProcess(settings=settings, assets_root=self.workspace / "assets") as reader,
        ):
            report = Ingest(index, embedder, reader, settings).run(
                self.folder, on_progress=lambda _: None
            )
            self.arguments = [word for c in psutil.Process().children() for word in c.cmdline()]
        return {file.source: (file.state, file.reason) for file in report.files}

    def open(self):
        return open_index(self.workspace, chunker_version=CHUNKER_VERSION)

    def found(self, words):
        with self.open() as index:
            hits = index.search_lexical(words, k=20, filters=NO_FILTERS)
            return [hit.chunk.source for hit in hits]


@pytest.fixture
def harbour(tmp_path):
    return Harbour(tmp_path)


KEEL = "The keel of {} is nine metres."


def in_archive(name):
    return KEEL.format(name).encode()


LOCKED = {
    "a.docx": (locked_word(KEEL.format("Ada")), "a.docx"),
    "old.pdf": (locked_pdf(KEEL.format("Bea"), "RC4-128"), "old.pdf"),
    "new.pdf": (locked_pdf(KEEL.format("Cleo"), "AES-256"), "new.pdf"),
    "a.zip": (locked_zip("a.txt", in_archive("Dora"), KEY), "a.zip/a.txt"),
    "b.zip": (aes_zip("a.txt", in_archive("Edda"), KEY), "b.zip/a.txt"),
    "a.7z": (packed({"a.txt": in_archive("Freya")}, password=KEY), "a.7z/a.txt"),
    "b.7z": (
        packed({"a.txt": in_archive("Gro")}, password=KEY, header_encryption=True),
        "b.7z/a.txt",
    ),
}
"""Files, and what is read of each once it is open."""


def test_locked_files_are_told_as_such_and_read_once_a_password_is_lent_that_is_kept_nowhere(
    harbour, caplog
):
    for name, (data, _) in LOCKED.items():
        (harbour.folder / name).write_bytes(data)

    closed = [harbour.ingest(), harbour.ingest("another")]
    opened = harbour.ingest("another", KEY)

    for name, (_, held) in LOCKED.items():
        for told in closed:
            of_it = [reason for source, (_, reason) in told.items() if source.startswith(name)]
            assert any(reason.endswith(TOLD) for reason in of_it), name
        assert opened[held] == ("ready", "")
    assert opened["new.pdf/fees.csv"] == ("ready", "")
    assert {held for _, held in LOCKED.values()} <= set(harbour.found("keel"))
    kept = [path.read_bytes() for path in harbour.workspace.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in data for data in kept)
    assert harbour.arguments
    assert not any(KEY in word for word in harbour.arguments)
    assert KEY not in caplog.text
    assert lent() == ()
    assert {state for state, _ in harbour.ingest().values()} == {"unchanged"}


@pytest.mark.parametrize(
    ("place", "options", "told"),
    [
        ("folder/keys.txt", [], "lies in the folder"),
        ("none.txt", [], "can't be read"),
        ("keys.txt", ["--engine", "ray"], "do not go together"),
    ],
)
def test_a_password_file_that_can_not_be_taken_is_told(harbour, tmp_path, place, options, told):
    path = tmp_path / place
    if "none" not in place:
        path.write_text(KEY)

    result = CliRunner().invoke(
        app.cli, ["ingest", str(harbour.folder), "--password-file", str(path), *options]
    )

    assert result.exit_code == 2
    assert told in result.output
