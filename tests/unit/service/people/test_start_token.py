"""The token of a workspace: made once, its owner's alone, printed again."""

import os
import stat

from typer.testing import CliRunner

from app import cli
from service.people.start_token import start_token


def test_each_workspace_has_its_own_and_a_deleted_one_is_made_anew(tmp_path):
    token = start_token(tmp_path)
    (tmp_path / "token").unlink()

    assert start_token(tmp_path) != token


def test_nobody_else_reads_it_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        start_token(tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_the_command_says_where_there_is_none(tmp_path):
    none = CliRunner().invoke(cli, ["token", "--workspace", str(tmp_path / "none")])
    password = {"RAG_PASSWORD": "avalanche"}
    off = CliRunner().invoke(cli, ["token", "--workspace", str(tmp_path)], env=password)

    assert "There is no workspace" in none.output
    assert "asks for no token" in off.output
    assert (none.exit_code, off.exit_code) == (2, 2)
