"""One open, write or start of a process fails: nothing is lost, and the next run recovers."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from crash.crash_child import open_index
from crash.forks import answering

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Return what makes calls fail, compiled."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler on this machine makes calls of the system fail")
    made = tmp_path_factory.mktemp("library") / "failing.so"
    source = HERE / "failing.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


@pytest.fixture(scope="module")
def run(library):
    with answering("disk/failing_child.py", LD_PRELOAD=str(library)) as run:
        yield run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("folder")
    for n in range(2):
        (made / f"{n}.txt").write_text(f"note {n} of snow and rain")
    return made


def contents(workspace):
    with open_index(workspace) as index:
        assert index.check() == []
        return {
            record.sources: [chunk.text for chunk in index.chunks_of(record.id)]
            for record in index.documents()
        }


@pytest.fixture(scope="module")
def uninterrupted(run, folder, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("whole") / "w"
    assert run(folder, workspace)["done"] == "yes"
    return contents(workspace)


CALLS = [
    *(("open", n) for n in (1, 4, 16, 32)),
    *(("write", n) for n in (1, 9, 60)),
    ("fork", 1),
]


@pytest.mark.parametrize("failing", CALLS, ids=str)
def test_one_call_fails_and_the_next_run_recovers(run, folder, uninterrupted, tmp_path, failing):
    workspace = tmp_path / "w"

    first = run(folder, workspace, *failing)
    assert first["met"], f"there are fewer calls than {failing}"
    assert "bug" not in first, first["bug"]
    assert "\n" not in first.get("said", "")

    assert run(folder, workspace)["done"] == "yes"
    assert contents(workspace) == uninterrupted
