"""`pagelight ingest --watch` as a person at a terminal has it: changes, Ctrl+C, the end."""

import signal
import subprocess

import pytest
from program import PROGRAM

pytestmark = pytest.mark.slow


class Watching:
    def __init__(self, folder, workspace):
        self.process = subprocess.Popen(
            [PROGRAM, "ingest", str(folder), "--watch", "--workspace", str(workspace)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def line_with(self, words):
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}")


def test_a_watched_folder_is_read_after_each_change_until_ctrl_c(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    bad = folder / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7\nnothing more")
    watching = Watching(folder, tmp_path / "index")
    try:
        assert "bad.pdf" in watching.line_with("failed")
        watching.line_with("Watching")
        assert not (tmp_path / "index" / "owner.json").exists()
        bad.unlink()
        assert "1 removed" in watching.line_with("removed")
        watching.process.send_signal(signal.SIGINT)
        assert "Stopped." in watching.line_with("Stopped")
        assert watching.process.wait(30) == 0
    finally:
        watching.process.kill()
        watching.process.stdout.close()


def test_a_system_that_shuts_down_ends_it_as_ctrl_c_does(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    watching = Watching(folder, tmp_path / "index")
    try:
        watching.line_with("Watching")
        watching.process.terminate()
        assert "Stopped." in watching.line_with("Stopped")
        assert watching.process.wait(30) == 0
    finally:
        watching.process.kill()
        watching.process.stdout.close()
