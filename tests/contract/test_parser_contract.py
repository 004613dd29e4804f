"""One suite for every `Parser`, over the demo's documents: whole, cut off, and as another type."""

import hashlib
from pathlib import Path

import pytest
from builders_office import found_file

from ingest.discovery.discover import identify
from ingest.parsers.registry import parser_for
from rag.errors import SourceError
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

DEMO = Path(__file__).parents[2] / "demo" / "documents"
FILES = sorted(path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*") if path.is_file())


def parse(path, root, assets_folder):
    file = identify(found_file(path, root=root), settings=Settings())
    parser = parser_for(file.media_type, settings=Settings())
    return parser.parse(file, AssetStore(assets_folder, megapixels=100))


@pytest.fixture(scope="module", params=FILES)
def parsed(request, tmp_path_factory):
    path = DEMO / request.param
    return path, parse(path, DEMO, tmp_path_factory.mktemp("assets"))


def test_a_document_is_its_bytes_and_names_its_source(parsed):
    path, document = parsed

    assert document.id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.sources == (path.relative_to(DEMO).as_posix(),)
    assert document.elements


def test_every_span_holds_words_and_every_page_exists(parsed):
    _, document = parsed

    for element in document.elements:
        for provenance in element.provenances:
            assert provenance.page is None or provenance.page <= document.page_count
            if provenance.span is not None and element.text:
                assert element.text[slice(*provenance.span)].strip()


def test_reading_twice_gives_the_same_document(parsed, tmp_path):
    path, document = parsed

    assert parse(path, DEMO, tmp_path) == document


def outcome(path, assets_folder):
    try:
        document = parse(path, path.parent, assets_folder)
    except SourceError as error:
        return "read or refused" if len(str(error)) > 10 else f"refused without a reason: {error}"
    return "read or refused" if document.sources == (path.name,) else "read as another file"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_file_that_was_cut_off_is_read_or_refused_with_a_reason(name, share, tmp_path):
    data = (DEMO / name).read_bytes()
    cut = tmp_path / "folder" / Path(name).name
    cut.parent.mkdir()
    cut.write_bytes(data[: int(len(data) * share)])

    assert outcome(cut, tmp_path / "assets") == "read or refused"
