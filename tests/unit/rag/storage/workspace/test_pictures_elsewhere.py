"""A workspace whose pictures lie at an address: sent before they are shown, seen from anywhere."""

import os
import shutil
import time
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from builders_pictured import grey, open_pictured, pictures_of, read_pictures

from rag.errors import WorkspaceError
from rag.storage.images.picture_bucket import OWNER
from rag.storage.images.server import FileServer, RemoteError


@pytest.fixture(params=["memory", "s3"])
def address(request):
    if request.param == "s3":
        return f"s3://{request.getfixturevalue('bucket').name}/pictures"
    return f"memory://{uuid4().hex}/pictures"


@pytest.fixture
def drive(tmp_path):
    """Return the address of a folder, which tests may take away."""
    return f"file://{tmp_path}/drive"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    (made / "a.txt").write_text("10\n20")
    (made / "b.txt").write_text("20\n30")
    return made


def there(address):
    """Return the names of the pictures at an address."""
    return FileServer(address).below().keys() - {OWNER}


def paths(index):
    return {image.path for image in pictures_of(index).values()}


def without_pictures(workspace, target):
    """Copy a workspace as one that another machine has just begun with."""
    return shutil.copytree(workspace, target, ignore=shutil.ignore_patterns("assets", "lock"))


def test_another_machine_shows_what_one_has_read(tmp_path, address, folder):
    with open_pictured(tmp_path / "w", address) as index:
        read_pictures(index, folder)
        assert there(address) == paths(index)
        assert len(paths(index)) == 3
    second = without_pictures(tmp_path / "w", tmp_path / "second")

    with open_pictured(second, address) as index:
        assert not (second / "assets").exists()
        assert index.check() == []
        shown = pictures_of(index)
        assert {text: index.assets.pixels(image)[0, 0, 0] for text, image in shown.items()} == {
            "grey 10": 10,
            "grey 20": 20,
            "grey 30": 30,
        }
        assert [index.assets.find(image.id)[1] for image in shown.values()] == ["image/png"] * 3


def test_what_leaves_the_index_leaves_the_address_and_shared_ones_stay(tmp_path, address, folder):
    with open_pictured(tmp_path / "w", address) as index:
        read_pictures(index, folder)
        for found in index.assets.stored():
            os.utime(index.assets.path_of(found), (found.changed_s - 60, found.changed_s - 60))
        time.sleep(1)  # addresses tell the second: what was sent in this one is left alone
        (folder / "a.txt").unlink()
        read_pictures(index, folder)

        assert pictures_of(index).keys() == {"grey 20", "grey 30"}
        assert there(address) == paths(index)
        assert index.check() == []


def test_the_repair_sends_what_lacks_there_and_reads_nothing_again(tmp_path, drive, folder):
    with open_pictured(tmp_path / "w", drive) as index:
        read_pictures(index, folder)
        shutil.rmtree(tmp_path / "drive")
        assert [finding.kind for finding in index.check()] == ["missing"]
        index.tidy.repair()

        assert index.check() == []
        assert {file.size_bytes > 0 for file in index.files().values()} == {True}


def test_pictures_that_are_nowhere_are_read_again_after_the_repair(tmp_path, drive, folder):
    with open_pictured(tmp_path / "w", drive) as index:
        read_pictures(index, folder)
        shutil.rmtree(tmp_path / "drive")
        shutil.rmtree(tmp_path / "w" / "assets")
        (finding,) = index.check()
        assert "3 pictures of documents are missing" in finding.problem
        index.tidy.repair()
        read_pictures(index, folder)

        assert index.check() == []
        assert there(drive) == paths(index)


def test_two_workspaces_do_not_share_an_address(tmp_path, drive, folder):
    with open_pictured(tmp_path / "w", drive) as index:
        read_pictures(index, folder)
    with open_pictured(tmp_path / "another", drive) as index:
        with pytest.raises(RemoteError, match="those of another workspace"):
            read_pictures(index, folder)
        assert index.documents() == []


def test_an_address_that_is_forgotten_is_told_and_nothing_is_read_again(tmp_path, drive, folder):
    with open_pictured(tmp_path / "w", drive) as index:
        read_pictures(index, folder)
    second = without_pictures(tmp_path / "w", tmp_path / "second")

    with open_pictured(second, "") as index:
        (finding,) = index.check()
        assert finding.problem == f"3 pictures lie at {drive}: set RAG_ASSETS_URL."
        for work in (index.tidy.repair, lambda: read_pictures(index, folder)):
            with pytest.raises(WorkspaceError, match="which RAG_ASSETS_URL does not name"):
                work()
        assert {file.size_bytes > 0 for file in index.files().values()} == {True}

    shutil.copytree(tmp_path / "drive", second / "assets")
    with open_pictured(second, "") as index:
        assert index.check() == []
        read_pictures(index, folder)


def test_a_reader_of_lettering_finds_its_pictures_in_the_folder(tmp_path, drive, folder):
    (folder / "scan.txt").write_text("SCAN 40")
    seen = []

    def letter(document, file, *, on_page, **how):
        del file, how
        (element,) = document.elements
        seen.append((second / "assets" / element.image.path).is_file())
        on_page(1)
        return replace(document, elements=(replace(element, pending=False, text="lettering"),))

    with open_pictured(tmp_path / "w", drive) as index:
        read_pictures(index, folder, ocr=False)
    second = without_pictures(tmp_path / "w", tmp_path / "second")
    with open_pictured(second, drive) as index:
        read_pictures(index, folder, letter=letter)
        assert seen == [True]
        assert np.array_equal(index.assets.pixels(pictures_of(index)["lettering"]), grey(40))
