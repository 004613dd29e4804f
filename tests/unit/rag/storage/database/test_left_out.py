import zipfile

import pytest
from builders_index import open_index
from fakes import MadeReader

from ingest.pipeline.expand import LEFT_OUT
from ingest.pipeline.plan import make_plan
from rag.settings import Settings
from rag.storage.files.members import Member


def read(plan):
    return [file.source for job in plan.jobs for file in job.files]


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "w") as index:
        yield index


def test_what_lies_in_an_archive_can_be_left_out_alone(index, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with zipfile.ZipFile(folder / "both.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    store = index.members
    sha256, size_bytes = store.put([b"Snow."])
    members = (Member(name="a.txt", sha256=sha256, size_bytes=size_bytes),)

    def unpack(file, _budget):
        store.write_list(file.sha256, members)
        return members

    def plan_now():
        reader = MadeReader(None, unpack=unpack)
        return make_plan(folder, {}, index, reader, settings=Settings(), tried_with="")

    assert "both.zip/a.txt" in read(plan_now())
    index.left_out.add(["both.zip/a.txt"])
    plan = plan_now()

    assert "both.zip/a.txt" not in read(plan)
    assert [(skipped.source, skipped.reason) for skipped in plan.skipped] == [
        ("both.zip/a.txt", LEFT_OUT)
    ]
