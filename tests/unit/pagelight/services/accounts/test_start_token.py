"""The token of a workspace: made once, its owner's alone, printed again."""

import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from pagelight.services.accounts.person import start_token
from rag.errors import WorkspaceError


def test_it_is_long_its_owners_alone_and_the_same_from_start_to_start(tmp_path):
    before = os.umask(0)
    try:
        token = start_token(tmp_path)
    finally:
        os.umask(before)

    assert len(token) >= 43
    assert start_token(tmp_path) == token
    assert [path.name for path in tmp_path.iterdir()] == ["token"]
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("")])
def test_one_that_was_deleted_or_left_empty_is_made_anew(tmp_path, spoil):
    token = start_token(tmp_path)
    spoil(tmp_path / "token")

    assert len(start_token(tmp_path)) >= 43
    assert start_token(tmp_path) != token


def test_a_folder_in_its_place_is_told(tmp_path):
    (tmp_path / "token").mkdir()

    with pytest.raises(WorkspaceError, match="token"):
        start_token(tmp_path)


def test_the_command_says_where_there_is_none(tmp_path):
    none = CliRunner().invoke(cli, ["token", "--workspace", str(tmp_path / "none")])
    password = {"RAG_PASSWORD": "avalanche"}
    off = CliRunner().invoke(cli, ["token", "--workspace", str(tmp_path)], env=password)

    assert "There is no workspace" in none.output
    assert "asks for no token" in off.output
    assert (none.exit_code, off.exit_code) == (2, 2)
