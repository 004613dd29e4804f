"""Names in archives and mails whose code page nothing tells."""

import io
import tarfile
import zipfile

import pytest
from builders_archives import Shelf

from ingest.archives.code_pages import code_page

NAMES = [
    ("gbk", "港口年度报告.txt"),
    ("cp932", "新しいフォルダー/カタログ表.txt"),  # the second byte of 表 is a backslash
    ("big5", "年度報告書.txt"),
    ("cp949", "연간보고서.txt"),
    ("cp866", "Отчёт за май.txt"),
    ("cp1251", "Договор.txt"),
    ("cp850", "Øresund måling.txt"),
    ("cp852", "Przegląd.txt"),
    ("cp1252", "Übersicht.txt"),
    ("cp737", "Αναφορά.txt"),
    ("utf-8", "Größe – ≥ 5.txt"),
]


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def zip_named(*members: tuple[bytes, bytes]) -> bytes:
    """Return a zip of (name in bytes, extra field), without the flag of UTF-8."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, extra in members:
            stand_in = zipfile.ZipInfo("~" * len(name))
            stand_in.extra = extra
            archive.writestr(stand_in, "The well is deep.")
    data = buffer.getvalue()
    for name, _ in sorted(members, key=lambda member: -len(member[0])):
        data = data.replace(b"~" * len(name), name)
    return data


@pytest.mark.parametrize(("page", "name"), NAMES)
def test_a_name_in_a_zip_is_read_in_its_code_page(shelf, page, name):
    shelf.write("a.zip", zip_named((name.encode(page), b"")))

    assert shelf.states()[f"a.zip/{name}"] == "ready"


def test_the_names_of_an_archive_tell_its_code_page_together():
    names = [name.encode("gbk") for name in ("图片.txt", "通知.txt", "资料.txt", "测试.txt")]

    assert code_page(names[:1]) == "utf-8"
    assert code_page(names) == "gb2312"


def test_a_name_in_a_tar_is_read_in_its_code_page(shelf):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="cp866") as tar:
        tar.addfile(tarfile.TarInfo("Отчёт за май.txt"), io.BytesIO())
    shelf.write("a.tar", buffer.getvalue())

    assert "a.tar/Отчёт за май.txt" in shelf.states()


def test_an_attachment_whose_name_is_no_ascii_is_read_in_its_code_page(shelf):
    name = "Отчёт за май.txt".encode("cp1251")
    head = b'Content-Type: text/plain\nContent-Disposition: attachment; filename="' + name
    shelf.write("a.eml", b"From: a@b.c\n" + head + b'"\n\nThe well is deep.')

    assert "a.eml/Отчёт за май.txt" in shelf.states()
