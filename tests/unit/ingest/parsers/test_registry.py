import json

import pytest
from builders_office import found_file

from ingest.discovery.discover import identify
from ingest.discovery.formats import BY_MEDIA_TYPE
from ingest.parsers.base.grid import table_text
from ingest.parsers.registry import GuardedParser, parser_for
from rag.errors import SourceError
from rag.settings import Settings


def failing(work):
    """Return a parser whose work fails in a given way."""
    return GuardedParser(lambda *_, **_settings: work(), Settings())


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    return identify(found_file(tmp_path / "a.txt"), settings=Settings())


@pytest.mark.parametrize("media_type", sorted(BY_MEDIA_TYPE))
def test_each_media_type_has_a_parser(media_type):
    assert callable(parser_for(media_type, settings=Settings()).read)


def test_what_a_library_raises_is_a_reason(file):
    with pytest.raises(SourceError, match=r"damaged .*JSONDecodeError: Expecting"):
        failing(lambda: json.loads("{")).parse(file, None)


def test_our_own_bug_stays_a_bug(file):
    with pytest.raises(TypeError):
        failing(lambda: table_text(None)).parse(file, None)


def test_running_out_of_memory_is_left_to_who_limits_it(file):
    def work():
        raise MemoryError

    with pytest.raises(MemoryError):
        failing(work).parse(file, None)
