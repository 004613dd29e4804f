import zipfile

import pytest
from builders_office import CONTENT_TYPES, WORD, parse, write_raw_docx, write_zip

from ingest.archive import open_checked
from rag.errors import LimitError, SourceError
from rag.settings import Settings


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = write_zip(tmp_path / "bomb.docx", {"word/document.xml": b"a" * 3_000_000})

    with pytest.raises(LimitError, match="RAG_UNPACKED_MB"):
        open_checked(path, settings=Settings(unpacked_mb=2))


def test_pictures_that_are_stored_as_they_are_do_not_count(tmp_path):
    path = tmp_path / "deck.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ppt/media/film.mp4", b"a" * 3_000_000)

    open_checked(path, settings=Settings(unpacked_mb=2)).close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(tmp_path, encoding):
    bomb = (
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document {WORD}>&a;</w:document>'
    )
    path = write_raw_docx(tmp_path / "a.docx", bomb.encode(encoding))

    with pytest.raises(SourceError, match="XML entities"):
        parse(path)


def test_an_entity_behind_much_white_space_is_found(tmp_path):
    path = write_zip(tmp_path / "a.docx", {"a.xml": " " * (1 << 20) + "<!ENTITY a 'b'>"})

    with pytest.raises(SourceError, match="XML entities"):
        open_checked(path, settings=Settings())


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
