"""What a machine of a cluster says that can't do a job: without a cluster, as it knows of none."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from builders_pictures import source_file
from msgspec import structs

from ingest.ray_cluster import FarSetup, end_child, run
from ingest.sandbox.jobs import Done, Failed, ParseJob, Setup, UnderWay
from rag.errors import SourceError, WorkspaceError
from rag.models.embedders import minilm
from rag.settings import Settings, for_reading


@pytest.fixture
def job(tmp_path):
    path = tmp_path / "well.txt"
    path.write_text("The well is 63 metres deep.", encoding="utf-8")
    return ParseJob(file=source_file(path, media_type="text/plain"))


@pytest.fixture
def far(tmp_path):
    """Return how the machine works; its child ends with the test."""
    assets = tmp_path / "workspace" / "assets"
    assets.mkdir(parents=True)
    setup = Setup(settings=Settings(file_seconds=60), assets_root=assets, nice=0)
    yield FarSetup(setup=setup, ours=version("pagelight"), make_embedder=minilm)
    end_child(setup)


def test_a_machine_of_the_same_version_reads(far, job):
    *_, last = run(far, job)

    assert isinstance(last, Done)
    assert last.value.elements[0].text == "The well is 63 metres deep."


def test_a_file_that_can_not_be_read_says_why(far, job):
    Path(job.file.path).unlink()

    *_, last = run(far, job)

    assert isinstance(last, Failed)
    assert isinstance(last.error, SourceError)


def test_a_machine_of_another_version_says_both_and_reads_nothing(far, job):
    (only,) = run(replace(far, ours="0.0.1"), job)

    assert isinstance(only, Failed)
    assert isinstance(only.error, WorkspaceError)
    assert f"has Pagelight {version('pagelight')}, not 0.0.1." in str(only.error)
    assert "the same version" in only.error.hint


def test_a_machine_that_does_not_see_the_folder_says_so(far, job):
    away = structs.replace(job, file=replace(job.file, root="/nowhere/documents"))

    (only,) = run(far, away)

    assert isinstance(only.error, WorkspaceError)
    assert "does not see /nowhere/documents." in str(only.error)


def test_a_job_that_is_given_up_ends_at_once_and_the_next_one_is_done(far, tmp_path, job):
    (tmp_path / "snow.csv").write_text("place,snow\n" + "here,3\n" * 2_000_000, encoding="utf-8")
    vast = ParseJob(file=source_file(tmp_path / "snow.csv", media_type="text/csv"))
    long = run(far, vast)
    assert isinstance(next(long), UnderWay)

    long.close()

    *_, last = run(far, job)
    assert isinstance(last, Done)


def test_passwords_and_keys_stay_here():
    told = Settings(password="hidden", oidc_secret="hidden", generator_key="hidden")  # noqa: S106

    assert "hidden" not in repr(for_reading(told))
