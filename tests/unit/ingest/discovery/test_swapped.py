"""What comes in a file's place between the look at a folder and the reading of the file."""

import os

import pytest

from ingest.discovery.discover import ClosedFileError, identify, scan
from ingest.discovery.stable_read import Original, UnsteadyError, read_steadily
from ingest.sandbox.parser_process import ParserProcess
from rag.datamodel import Document
from rag.opening import held, open_regular
from rag.settings import Settings

OUTSIDE = "The safe's number is 4711."


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder" / "letters").mkdir(parents=True)
    (tmp_path / "folder" / "letters" / "a.txt").write_text("snow")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text(OUTSIDE)
    return tmp_path / "folder"


def link(folder):
    (folder / "letters" / "a.txt").unlink()
    (folder / "letters" / "a.txt").symlink_to(folder.parent / "outside" / "a.txt")


def pipe(folder):
    (folder / "letters" / "a.txt").unlink()
    os.mkfifo(folder / "letters" / "a.txt")


def inner_folder(folder):
    (folder / "letters" / "a.txt").unlink()
    (folder / "letters" / "a.txt").mkdir()


def outer_folder(folder):
    (folder / "letters").rename(folder / "away")
    (folder / "letters").symlink_to(folder.parent / "outside")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    assets = tmp_path_factory.mktemp("workspace") / "assets"
    with ParserProcess(settings=Settings(), assets_root=assets) as reader:
        yield reader


def told(folder):
    (file,) = scan(folder)[0]
    return file, identify(file, settings=Settings())


swaps = pytest.mark.parametrize("swap", [link, pipe, inner_folder, outer_folder])


@swaps
def test_what_was_put_in_place_of_a_file_is_not_told_nor_read_nor_its_original(
    folder, swap, reader
):
    found, file = told(folder)
    original = Original(file)
    reader.parse(file)
    swap(folder)

    with pytest.raises(ClosedFileError):
        identify(found, settings=Settings())
    with pytest.raises(ClosedFileError):
        reader.parse(file)
    with pytest.raises(UnsteadyError):
        original.check()


@swaps
def test_what_was_put_in_place_of_a_file_is_not_taken_for_its_next_version(folder, swap):
    swapped = []

    def parse(file):
        if not swapped:
            swap(folder)
        swapped.append(file)
        return Document(id=file.sha256, sources=(file.source,), media_type=file.media_type)

    with pytest.raises(UnsteadyError):
        read_steadily([told(folder)[1]], parse, settings=Settings())
    assert len(swapped) == 1


@pytest.mark.parametrize("swap", [link, pipe])
def test_of_what_was_put_in_place_of_a_file_no_type_is_told(folder, swap, reader):
    swap(folder)
    with pytest.raises(ClosedFileError):
        reader.tell(folder / "letters" / "a.txt", name="a.txt")


def test_a_file_that_is_held_stays_the_same_whatever_comes_in_its_place(folder):
    path = folder / "letters" / "a.txt"
    with held(path, below=folder) as at:
        outer_folder(folder)

        assert at.read_text() == "snow"
        assert path.read_text() == OUTSIDE


def test_a_folder_may_be_reached_by_a_link_itself(folder):
    (folder.parent / "by-link").symlink_to(folder)
    root = folder.parent / "by-link"

    with open_regular(root / "letters" / "a.txt", below=root) as file:
        assert file.read() == b"snow"
