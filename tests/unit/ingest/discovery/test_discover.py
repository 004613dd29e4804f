import os

import pytest
from builders_office import found_file, write_raw_docx, write_zip

from ingest.discovery.discover import identify, scan
from rag.errors import LimitError, SourceError
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex


def sources(root):
    return [file.source for file in scan(root)[0]]


def test_files_are_found_in_sorted_order_with_paths_from_the_folder(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("z.txt", "b/a.txt", "A.md"):
        (tmp_path / name).write_text("x")

    found, skipped = scan(tmp_path)

    assert [file.source for file in found] == ["A.md", "b/a.txt", "z.txt"]
    assert skipped == []
    assert found[1].path == str(tmp_path / "b" / "a.txt")
    assert found[1].root == str(tmp_path)
    assert found[1].size_bytes == 1


def test_a_workspace_inside_the_folder_is_left_out_and_told(tmp_path):
    WorkspaceIndex(tmp_path / "index", model_id="fake", dim=3, chunker_version="1").close()
    (tmp_path / "index" / "assets").mkdir(exist_ok=True)
    (tmp_path / "index" / "assets" / "a.png").write_bytes(b"x")

    found, skipped = scan(tmp_path)

    assert found == []
    assert [(file.source, "workspace" in file.reason) for file in skipped] == [("index", True)]


@pytest.mark.parametrize(
    "files",
    [
        {"ledger.sqlite": b"x"},
        {"ledger.sqlite": b"SQLite format 3\0"},
        {"ledger.sqlite": b"x", "stamp.json": b'{"schema": 1, "model_id": "m", "dim": 3}'},
        {"ledger.sqlite": b"SQLite format 3\0", "stamp.json": b'{"year": 1999}'},
        {"ledger.sqlite": b"SQLite format 3\0", "stamp.json": b"[" * 100_000},
    ],
)
def test_files_named_as_those_of_a_workspace_hide_no_folder(tmp_path, files):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("x")
    for name, data in files.items():
        (tmp_path / "letters" / name).write_bytes(data)

    assert "letters/a.txt" in sources(tmp_path)


def test_a_link_out_of_the_folder_is_skipped_with_a_reason(tmp_path):
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.txt").symlink_to(tmp_path / "secret.txt")

    found, skipped = scan(tmp_path / "folder")

    assert found == []
    assert [(file.source, "outside" in file.reason) for file in skipped] == [("link.txt", True)]


def test_links_inside_the_folder_are_followed_once_and_never_in_a_circle(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("x")
    (tmp_path / "docs" / "loop").symlink_to(tmp_path)
    (tmp_path / "again.txt").symlink_to(tmp_path / "docs" / "a.txt")

    assert scan(tmp_path) == (scan(tmp_path)[0], [])
    assert sources(tmp_path) == ["docs/a.txt"]


def test_a_link_to_a_hidden_file_inside_the_folder_is_followed(tmp_path):
    (tmp_path / ".store").mkdir()
    (tmp_path / ".store" / "1f3a").write_text("x")
    (tmp_path / "report.txt").symlink_to(tmp_path / ".store" / "1f3a")

    assert sources(tmp_path) == ["report.txt"]


def test_a_link_to_nowhere_and_a_pipe_are_skipped_with_a_reason(tmp_path):
    (tmp_path / "gone.txt").symlink_to(tmp_path / "missing.txt")
    os.mkfifo(tmp_path / "pipe.txt")

    found, skipped = scan(tmp_path)

    assert found == []
    assert [file.source for file in skipped] == ["gone.txt", "pipe.txt"]


def test_a_name_that_is_no_text_is_skipped(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")

    found, skipped = scan(tmp_path)

    assert found == []
    assert "Rename" in skipped[0].reason


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("photo.pdf", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("paper.jpg", b"%PDF-1.7\n", "application/pdf"),
        ("a.bin", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.tif", b"II*\0", "image/tiff"),
        ("page.xls", b"<html><table>", "text/html"),
        ("README", b"hello", "text/plain"),
        ("a.txt", b"<svg xmlns='x'/>", "image/svg+xml"),
        ("a.xml", b"<?xml version='1.0'?><!DOCTYPE html><html/>", "text/html"),
        ("a.txt", b"From: a@b\nTo: c@d\nSubject: x\n\nHi", "message/rfc822"),
        (
            "a",
            b"From a@b Mon Jan  5 10:00:00 2026\nFrom: a\nTo: b\nDate: c\n\n",
            "application/mbox",
        ),
        ("a.txt", b"1\n00:00:01,000 --> 00:00:02,000\nHi", "application/x-subrip"),
        ("run", b"#!/bin/sh\necho", "text/x-code"),
        ("a.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0heic", "image/heic"),
    ],
)
def test_the_type_is_told_by_content_then_by_name(tmp_path, name, head, media_type):
    (tmp_path / name).write_bytes(head)

    assert identify(found_file(tmp_path / name), settings=Settings()).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", b"", "empty"),
        ("a.png", b"\0\1\2\3" * 50, "not a PNG picture"),
        ("a.txt", bytes(range(256)) * 40, "binary"),
        ("a.docx", b"PK\x03\x04 cut off", "damaged or cut off"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password protected",
        ),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_reason(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SourceError, match=reason):
        identify(found_file(tmp_path / name), settings=Settings())


def test_office_files_are_told_by_what_the_archive_holds(tmp_path):
    write_raw_docx(tmp_path / "renamed.zip", "<x/>")
    write_zip(tmp_path / "plain.docx", {"a.txt": "hello"})
    write_zip(tmp_path / "a.odt", {"mimetype": "application/vnd.oasis.opendocument.text"})

    docx = identify(found_file(tmp_path / "renamed.zip"), settings=Settings())

    assert docx.media_type.endswith("wordprocessingml.document")
    told = [
        identify(found_file(tmp_path / n), settings=Settings()) for n in ("plain.docx", "a.odt")
    ]
    assert [file.media_type for file in told] == [
        "application/zip",
        "application/vnd.oasis.opendocument.text",
    ]


def test_a_file_over_the_limit_names_the_setting(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x" * 1_100_000)

    with pytest.raises(LimitError, match="RAG_FILE_MB"):
        identify(found_file(tmp_path / "a.txt"), settings=Settings(file_mb=1))


def test_a_file_that_went_away_is_a_reason_not_a_crash(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    (found,) = scan(tmp_path)[0]
    (tmp_path / "a.txt").unlink()

    with pytest.raises(SourceError, match="can't be opened"):
        identify(found, settings=Settings())
