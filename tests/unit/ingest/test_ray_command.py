"""Where `--engine ray` can't be had, one sentence says so."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from pagelight.services.session.session import RemoteSession
from rag.errors import PagelightError
from rag.storage.files.folder import Owner


def test_it_does_not_go_with_watching(tmp_path):
    done = CliRunner().invoke(cli, ["ingest", str(tmp_path), "--watch", "--engine", "ray"])

    assert done.exit_code == 2
    assert "--watch and --engine ray do not go together." in done.stderr


def test_a_running_chat_reads_the_files_itself():
    owner = Owner(pid=1, url="http://127.0.0.1:9", token="t")  # noqa: S106 - of this test only
    with (
        RemoteSession(owner) as session,
        pytest.raises(PagelightError, match="reads the files itself"),
    ):
        session.ingest(Path(), on_progress=lambda _: None, engine="ray")
