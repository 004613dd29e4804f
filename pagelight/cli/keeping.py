"""`pagelight backup` and `pagelight restore`: documents and what people wrote, in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from pagelight.cli.options import AsJson, Workspace
from pagelight.cli.running import SOME_FAILED, print_json, say, speaking
from rag.settings import load_settings

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file that holds it all.")]


def backup(file: File, *, workspace: Workspace = None) -> None:
    """Copy documents and what people wrote to FILE, also while the chat runs.

    Attached files, pictures and the users file are not in it. With RAG_DATABASE_URL the
    database's own pg_dump copies what people wrote.
    """
    with speaking():
        settings = load_settings(os.environ, workspace=workspace)
        from pagelight.services.session.checkup import back_up

        back_up(settings, file)
        say(f"{file} holds the documents and what people wrote.")


def restore(file: File, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Put back what FILE holds, in place of what is there, and make the vectors again.

    What was there is kept in the workspace as ledger.before.sqlite. Exit code 3: pictures of
    documents are missing, which the next ingest makes.
    """
    with speaking():
        settings = load_settings(os.environ, workspace=workspace)
        from pagelight.cli.live import StepDisplay
        from pagelight.cli.terminal import print_checkup
        from pagelight.services.session.checkup import restore as put_back

        with StepDisplay("Restoring", goes_on=True) as display:
            result = put_back(settings, file, gauge=display)
        if as_json:
            print_json(result)
        else:
            print_checkup(result)
        if not result["healthy"]:
            raise typer.Exit(SOME_FAILED)
