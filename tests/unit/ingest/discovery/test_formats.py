"""The table of formats: each is told, named and read by what stands there alone."""

import pytest
from builders_archives import zipped

from ingest.discovery.formats import FORMATS, ZIP
from ingest.discovery.media_type import media_type_of
from rag.errors import SourceError

BINARY = [each for each in FORMATS if not each.is_text]
TEXTS = [each for each in FORMATS if each.is_text and not each.shares_suffix]


def named(each):
    return each.name


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
