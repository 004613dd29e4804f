import json

import pytest
from builders_office import found_file

from ingest.discovery.discover import identify
from ingest.parsers.base.grid import table_text
from ingest.parsers.registry import PARSERS, GuardedParser, parser_for
from rag.errors import SourceError
from rag.settings import Settings


class Failing:
    """A parser whose work fails in a given way."""

    def __init__(self, work):
        self._work = work

    @property
    def media_types(self):
        return frozenset({"text/plain"})

    def parse(self, file, assets):
        del file, assets
        return self._work()


@pytest.fixture
def file(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    return identify(found_file(tmp_path / "a.txt"), settings=Settings())


@pytest.mark.parametrize("media_type", sorted(PARSERS))
def test_each_media_type_has_a_parser_that_claims_it(media_type):
    parser = parser_for(media_type, settings=Settings())

    assert parser is not None
    assert media_type in parser.media_types


def test_what_a_library_raises_is_a_reason(file):
    with pytest.raises(SourceError, match=r"damaged .*JSONDecodeError: Expecting"):
        GuardedParser(Failing(lambda: json.loads("{"))).parse(file, None)


def test_our_own_bug_stays_a_bug(file):
    with pytest.raises(TypeError):
        GuardedParser(Failing(lambda: table_text(None))).parse(file, None)


def test_running_out_of_memory_is_left_to_who_limits_it(file):
    def work():
        raise MemoryError

    with pytest.raises(MemoryError):
        GuardedParser(Failing(work)).parse(file, None)
