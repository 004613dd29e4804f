"""Office files from before 2007."""

import os
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from builders_office import found_file
from builders_outlook import CUTOFF, compound

from ingest.discovery.discover import identify
from ingest.parsers.old_office import find_program
from ingest.parsers.registry import parser_for
from rag.errors import LimitError, SourceError
from rag.settings import Settings

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le")


@pytest.fixture
def old(tmp_path):
    (tmp_path / "a.doc").write_bytes(OLD)
    return tmp_path / "a.doc"


def program(folder, script):
    """Put a program in the place of LibreOffice."""
    path = folder / "bin" / "soffice"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path.parent)


def has_writer():
    """Tell whether LibreOffice is here with what reads letters: its parts are packages apart."""
    found = find_program({"PATH": "/usr/bin:/usr/local/bin"})
    return found is not None and (Path(found).resolve().parent / "libswlo.so").exists()


def read(path, **settings):
    file = identify(found_file(path), settings=Settings())
    return parser_for(file.media_type, settings=Settings(**settings)).parse(file, None)


def test_without_libreoffice_the_reason_says_what_to_install(old, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SourceError, match="Install LibreOffice"):
        read(old)


def test_a_program_that_hangs_is_ended(old, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", program(tmp_path, "/bin/sleep 60"))

    with pytest.raises(LimitError, match="RAG_FILE_SECONDS"):
        read(old, file_seconds=1)


def test_what_the_program_made_is_read_and_not_the_old_file(old, monkeypatch, tmp_path):
    made = tmp_path / "made.docx"
    document = docx.Document()
    document.add_paragraph("It turns.")
    document.save(made)
    old.write_bytes(compound({"WordDocument": bytes(CUTOFF)}))
    copying = f'mkdir -p "$HOME/out"; cp {made} "$HOME/out/original.docx"'
    monkeypatch.setenv("PATH", f"{program(tmp_path, copying)}:{os.environ['PATH']}")
    file = replace(identify(found_file(old), settings=Settings()), held=str(old))

    read_back = parser_for(file.media_type, settings=Settings()).parse(file, None)

    assert [element.text for element in read_back.elements] == ["It turns."]


@pytest.mark.skipif(not has_writer(), reason="no LibreOffice with its Writer")
def test_libreoffice_reads_what_we_can_not(tmp_path):
    rich = r"{\rtf1{\stylesheet{\s1 heading 1;}}\pard\s1 The wheel\par\pard It turns.\par}"
    (tmp_path / "a.rtf").write_text(rich)
    file = identify(found_file(tmp_path / "a.rtf"), settings=Settings())
    parser = parser_for("application/msword", settings=Settings())

    document = parser.parse(replace(file, media_type="application/msword"), None)

    assert document.media_type == "application/msword"
    assert [(e.role, e.text) for e in document.elements] == [
        ("heading", "The wheel"),
        ("paragraph", "It turns."),
    ]
