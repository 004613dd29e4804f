"""The table of formats: each is told, named and read by what stands there alone."""

from pathlib import Path
from pkgutil import resolve_name

import pytest
from builders_archives import zipped

from ingest.files import formats
from ingest.files.format import Format
from ingest.files.formats import BY_MEDIA_TYPE, CSV, FORMATS, ODS, TSV, XLS, XLSB, XLSX, ZIP
from ingest.files.media_type import SUPPORTED, media_type_of
from rag.errors import SourceError
from rag.index.rows.document_kinds import kind_of

ROOT = Path(__file__).parents[4]
BINARY = [each for each in FORMATS if not each.is_text]
TEXTS = [each for each in FORMATS if each.is_text and not each.shares_suffix]


def named(each):
    return each.name


def test_each_format_that_has_a_name_of_its_own_is_in_the_table():
    told = [each for each in vars(formats).values() if isinstance(each, Format)]

    assert sorted(told, key=named) == sorted(FORMATS, key=named)


def test_no_two_formats_share_a_media_type_or_a_suffix():
    suffixes = [suffix for each in FORMATS for suffix in each.suffixes]

    assert len(BY_MEDIA_TYPE) == len(FORMATS)
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("each", BINARY, ids=named)
def test_a_format_that_is_no_text_is_told_by_its_content(each):
    marks = (each.mark, each.brands, each.ole_streams, each.ole_first, each.package)

    assert each.called
    assert any(marks) or each.is_open_document or each is ZIP


@pytest.mark.parametrize("each", BINARY, ids=named)
def test_plain_text_is_not_what_a_name_of_it_says(each, tmp_path):
    path = tmp_path / f"a{each.suffixes[-1]}"
    path.write_text("Once there was a miller.")

    with pytest.raises(SourceError, match=f"is not {each.called}: it holds plain text"):
        media_type_of(path)


@pytest.mark.parametrize("each", TEXTS, ids=named)
def test_a_kind_of_text_is_told_by_its_suffixes(each, tmp_path):
    told = set()
    for suffix in each.suffixes:
        (tmp_path / f"a{suffix}").write_text("Once there was a miller.")
        told.add(media_type_of(tmp_path / f"a{suffix}"))

    assert told == {each.media_type}


def test_a_zip_whose_parts_disagree_about_a_name_is_told(tmp_path):
    data = bytearray(zipped({"mimetype": "application/x-own"}))
    data[6:8] = 0x800.to_bytes(2, "little")  # the name is UTF-8
    data[30] = 0xC1
    (tmp_path / "a.zip").write_bytes(data)

    assert media_type_of(tmp_path / "a.zip") == ZIP.media_type


@pytest.mark.parametrize("each", [each for each in FORMATS if each.opener], ids=named)
def test_what_opens_a_container_is_there(each):
    assert callable(resolve_name(each.opener))


@pytest.mark.parametrize("each", FORMATS, ids=named)
def test_what_is_read_is_told_to_who_brings_something_else(each):
    assert each.family.name in SUPPORTED


@pytest.mark.parametrize("each", [XLS, XLSB, XLSX, ODS, CSV, TSV], ids=named)
def test_a_person_may_call_it_a_spreadsheet(each):
    assert kind_of(each.media_type).one == "spreadsheet"


def test_only_the_table_and_the_parsers_know_media_types():
    """Another place would have to be thought of with each new format."""
    tables = ("ingest/files/formats.py",)
    knowing = [
        path
        for path in sorted((ROOT / "ingest").rglob("*.py"))
        if any(f'"{each.media_type}"' in path.read_text("utf-8") for each in FORMATS)
    ]

    assert {str(path.relative_to(ROOT)) for path in knowing} - set(tables) <= OF_OTHER_FORMATS


OF_OTHER_FORMATS = {
    "ingest/archives/mailbox.py",
    "ingest/parsers/mail/mail.py",
    "ingest/parsers/data/notebook.py",
    "ingest/parsers/web/ebook.py",
}
"""Parts of mails, cells and books have media types as well."""
