"""What a machine of a cluster says that can't do a job: without a cluster, as it knows of none."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from builders_pictures import source_file

from ingest.distributed.ray_reader import RayReader
from ingest.sandbox.jobs import CutJob, Done, Failed, FarDone, ParseJob, Setup
from rag.errors import SourceError, WorkspaceError
from rag.models.embeddings.embedders import minilm
from rag.settings import Settings


@pytest.fixture
def job(tmp_path):
    path = tmp_path / "well.txt"
    path.write_text("The well is 63 metres deep.", encoding="utf-8")
    return ParseJob(file=source_file(path, media_type="text/plain"))


def replies(tmp_path, job, *, ours):
    assets = tmp_path / "workspace" / "assets"
    assets.mkdir(parents=True)
    setup = Setup(settings=Settings(file_seconds=60), assets_root=assets, ocr_threads=1, nice=0)
    reader = RayReader(setup, ours, minilm)
    try:
        return list(reader.do(job))
    finally:
        reader.drop()


def test_a_machine_of_the_same_version_reads(tmp_path, job):
    *_, last = replies(tmp_path, job, ours=version("pagelight"))

    assert isinstance(last, Done)
    assert last.value.elements[0].text == "The well is 63 metres deep."


def test_a_file_is_read_and_divided_by_one_call(tmp_path, job):
    *_, last = replies(tmp_path, CutJob(file=job.file), ours=version("pagelight"))

    assert isinstance(last, FarDone)
    assert last.value.document.elements[0].text == "The well is 63 metres deep."
    assert [chunk.text for chunk in last.value.chunks] == ["The well is 63 metres deep."]


def test_a_file_that_can_not_be_read_is_not_divided_and_says_why(tmp_path, job):
    Path(job.file.path).unlink()

    *_, last = replies(tmp_path, CutJob(file=job.file), ours=version("pagelight"))

    assert isinstance(last, Failed)
    assert isinstance(last.error, SourceError)


def test_a_machine_of_another_version_says_both_and_reads_nothing(tmp_path, job):
    (only,) = replies(tmp_path, job, ours="0.0.1")

    assert isinstance(only, Failed)
    assert isinstance(only.error, WorkspaceError)
    assert f"has Pagelight {version('pagelight')}, not 0.0.1." in str(only.error)
    assert "the same version" in only.error.hint


def test_a_machine_that_does_not_see_the_folder_says_so(tmp_path, job):
    away = replace(job, file=replace(job.file, root="/nowhere/documents"))

    (only,) = replies(tmp_path, away, ours=version("pagelight"))

    assert isinstance(only.error, WorkspaceError)
    assert "does not see /nowhere/documents." in str(only.error)
