import zipfile

from fakes import MadeReader

from ingest.pipeline.planning.expand import LEFT_OUT
from ingest.pipeline.planning.plan import make_plan
from rag.settings import Settings
from rag.storage.files.members import Member, MemberStore


def plan_of(folder, *, reader, **options):
    store = MemberStore(folder.parent / "members")
    return make_plan(folder, {}, reader, store, settings=Settings(), tried_with="", **options)


def read(plan):
    return [file.source for job in plan.jobs for file in job.files]


def test_what_lies_in_an_archive_can_be_left_out_alone(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with zipfile.ZipFile(folder / "both.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    store = MemberStore(tmp_path / "members")
    sha256, size_bytes = store.put([b"Snow."])
    members = (Member(name="a.txt", sha256=sha256, size_bytes=size_bytes),)

    def unpack(file, _budget):
        store.write_list(file.sha256, members)
        return members

    reader = MadeReader(None, unpack=unpack)

    plan = plan_of(folder, reader=reader, left_out={"both.zip/a.txt"})

    assert "both.zip/a.txt" in read(plan_of(folder, reader=reader))
    assert "both.zip/a.txt" not in read(plan)
    assert [(skipped.source, skipped.reason) for skipped in plan.skipped] == [
        ("both.zip/a.txt", LEFT_OUT)
    ]
