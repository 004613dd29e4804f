"""`pagelight ingest --watch` as a person at a terminal has it: changes, Ctrl+C, the end."""

import signal
import subprocess

import pytest
from program import PROGRAM

pytestmark = pytest.mark.slow


def line_with(process, words):
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_watched_folder_is_read_after_each_change_until_ctrl_c_or_the_systems_end(tmp_path, end):
    bad = tmp_path / "documents" / "bad.pdf"
    bad.parent.mkdir()
    bad.write_bytes(b"%PDF-1.7\nnothing more")
    index = tmp_path / "index"
    command = [PROGRAM, "ingest", str(bad.parent), "--watch", "--workspace", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        try:
            assert "bad.pdf" in line_with(watching, "failed")
            line_with(watching, "Watching")
            assert not (index / "owner.json").exists()
            bad.unlink()
            line_with(watching, "1 removed")
            watching.send_signal(end)
            line_with(watching, "Stopped.")
            assert watching.wait(30) == 0
        finally:
            watching.kill()
