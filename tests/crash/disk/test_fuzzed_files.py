"""What a fuzzer made of files of ours (tests/fixtures/fuzzed): read, or refused in a sentence.

The folders are named as what is stored (`benchmarks.parsing.stored_kinds`) or as a file's suffix.
"""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.parsing.stored_kinds import KINDS
from ingest.discovery.discover import FoundFile, identify
from ingest.parsers.registry import parser_for
from rag.errors import PagelightError
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

FUZZED = sorted(path for path in (Path(__file__).parents[2] / "fixtures" / "fuzzed").glob("*/*"))


def parse(path, assets):
    status = path.stat()
    found = FoundFile(
        path=str(path),
        source=path.name,
        root=str(path.parent),
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
    )
    file = identify(found, settings=Settings())
    parser = parser_for(file.media_type, settings=Settings())
    return parser and parser.parse(file, assets)


@pytest.mark.parametrize("path", FUZZED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_fuzzer_made_is_read_or_refused(path, tmp_path):
    with suppress(PagelightError):
        if path.parent.name in KINDS:
            KINDS[path.parent.name](tmp_path, path.read_bytes())
        else:
            copy = tmp_path / f"a.{path.parent.name}"
            parse(
                Path(shutil.copy(path, copy)),
                AssetStore(tmp_path / "assets", megapixels=Settings().image_megapixels),
            )


def test_there_are_some_of_each_kind():
    assert {path.parent.name for path in FUZZED} >= KINDS.keys()
