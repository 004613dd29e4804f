"""What Pagelight writes is its account's alone, however open the shell's umask is."""

import os
import stat
import subprocess

import pytest
from program import NOTE, PROGRAM

from pagelight.ui.library.files import store_copy
from rag.storage.files.folder import make_folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_workspace_and_all_in_it_is_its_accounts_alone(tmp_path):
    documents, workspace = tmp_path / "documents", tmp_path / "ws"
    documents.mkdir()
    (documents / "note.txt").write_text(NOTE, encoding="utf-8")
    command = [PROGRAM, "ingest", documents, "--workspace", workspace]
    subprocess.run(command, umask=0, check=True, env={**os.environ, "RAG_OCR": "0"})
    subprocess.run([PROGRAM, "token", "--workspace", workspace], umask=0, check=True)
    written = [workspace, *workspace.rglob("*")]

    assert {"token", "chroma.sqlite3"} <= {path.name for path in written}
    assert {str(path): oct(mode(path)) for path in written if mode(path) & 0o077} == {}
    assert mode(workspace) == 0o700


def test_a_workspace_that_was_open_is_closed(tmp_path):
    workspace = tmp_path / "ws"
    workspace.mkdir()
    workspace.chmod(0o755)
    make_folder(workspace)

    assert mode(workspace) == 0o700


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o700, 0o600), (0o755, 0o644)])
def test_a_file_that_is_added_is_as_open_as_its_folder(tmp_path, folder_mode, file_mode):
    (tmp_path / "a.txt").write_text("Snow.", encoding="utf-8")
    folder = tmp_path / "documents"
    folder.mkdir()
    folder.chmod(folder_mode)
    store_copy(tmp_path / "a.txt", folder / "a.txt")

    assert mode(folder / "a.txt") == file_mode
