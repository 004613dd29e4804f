import struct

import pytest
from builders_office import CONTENT_TYPES, WORD, parse, write_raw_docx, write_zip

from ingest.discovery.archive import MAX_MEMBERS, open_archive, open_checked
from rag.errors import LimitError, SourceError
from rag.settings import Settings


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = write_zip(tmp_path / "bomb.docx", {"word/document.xml": b"a" * 3_000_000})

    with pytest.raises(LimitError, match="RAG_UNPACKED_MB"):
        open_checked(path, settings=Settings(unpacked_mb=2))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(tmp_path, encoding):
    bomb = (
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document {WORD}>&a;</w:document>'
    )
    path = write_raw_docx(tmp_path / "a.docx", bomb.encode(encoding))

    with pytest.raises(SourceError, match="XML entities"):
        parse(path)


def test_an_encrypted_archive_is_told_as_such(tmp_path):
    path = write_zip(tmp_path / "a.epub", {"mimetype": "application/epub+zip"})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of the central directory
    path.write_bytes(data)

    with pytest.raises(SourceError, match="password protected"):
        open_checked(path, settings=Settings())


def test_a_damaged_part_is_told_by_name(tmp_path):
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": "<x/>" * 999})
    data = bytearray(path.read_bytes())
    data[60:70] = b"\xff" * 10
    path.write_bytes(data)

    with pytest.raises(SourceError, match=r"document\.xml"):
        open_checked(path, settings=Settings())


def test_a_member_that_climbs_out_is_never_written(tmp_path):
    paragraph = "<w:p><w:r><w:t>zip slip</w:t></w:r></w:p>"
    body = f"<w:document {WORD}><w:body>{paragraph}</w:body></w:document>"
    (tmp_path / "in").mkdir()
    path = write_raw_docx(tmp_path / "in" / "a.docx", body, **{"../../outside.txt": "evil"})

    assert parse(path).elements[0].text == "zip slip"
    assert not list(tmp_path.rglob("outside.txt"))


def test_an_office_file_without_its_main_part_is_refused(tmp_path):
    members = {"[Content_Types].xml": CONTENT_TYPES, "word/styles.xml": "<x/>"}

    with pytest.raises(SourceError, match="damaged"):
        parse(write_zip(tmp_path / "a.docx", members))


def directory(members):
    """Return a directory of members that are all one and the same empty one."""
    with_name = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[20, 0, 20, 0], *[0] * 14)
    return (with_name[:28] + b"\x01\0" + with_name[30:] + b"a") * members


def with_zip64(path, members, *, told_members, told_bytes):
    """Write an archive whose classic end record tells less than its zip64 record holds."""
    listed = directory(members)
    end64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, len(listed), 0
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(listed), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *[told_members] * 2, told_bytes, 0, 0)
    path.write_bytes(listed + end64 + locator + end)
    return path


@pytest.mark.parametrize("told", [(1, 47), (0xFFFF, 0xFFFFFFFF)])
def test_members_are_counted_where_zip64_hides_them(tmp_path, told):
    told_members, told_bytes = told
    many = MAX_MEMBERS + 1
    path = with_zip64(tmp_path / "a.zip", many, told_members=told_members, told_bytes=told_bytes)

    with pytest.raises(LimitError, match="far more members"):
        open_archive(path)


def test_members_are_counted_whatever_the_end_record_tells(tmp_path):
    listed = directory(MAX_MEMBERS + 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), 0, 0)
    (tmp_path / "a.zip").write_bytes(listed + end)

    with pytest.raises(LimitError, match="far more members"):
        open_archive(tmp_path / "a.zip")


def test_a_directory_that_fills_the_memory_is_not_read(tmp_path):
    path = tmp_path / "a.zip"
    with path.open("wb") as stream:
        stream.truncate(20_000_000)
        stream.seek(0, 2)
        stream.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 17_000_000, 0, 0))

    with pytest.raises(LimitError, match="far more members"):
        open_archive(path)
