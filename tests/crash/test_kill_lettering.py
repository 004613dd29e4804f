"""Killed amid a long scan that several readers share: what was read is not read again."""

import os
import subprocess
import sys

from crash.forks import TESTS
from crash.scanning_child import ScanReader, ingest

PAGES = 400


def read_and_kill(folder, workspace, *, after):
    """Kill the child once it has told so many pages; return all that it told."""
    program = str(TESTS / "crash" / "scanning_child.py")
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    with subprocess.Popen(
        [sys.executable, program, str(folder), str(workspace)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as child:
        told = [child.stdout.readline() for _ in range(after)]
        child.kill()
        told += child.stdout.readlines()
    assert "done\n" not in told
    return [int(page) for page in told if page.endswith("\n")]


def test_a_killed_run_goes_on_with_the_pages_that_lack(tmp_path):
    folder, workspace = tmp_path / "folder", tmp_path / "workspace"
    folder.mkdir()
    (folder / "long.txt").write_text("SCAN\n" * PAGES, encoding="utf-8")
    before = read_and_kill(folder, workspace, after=40)

    after = []
    _, texts = ingest(folder, workspace, ScanReader(after.append))

    assert not set(before) & set(after)
    assert len(set(before) | set(after)) in range(PAGES - 3, PAGES + 1)  # kept, but not yet told
    assert texts == [f"page {page}" for page in range(1, PAGES + 1)]
