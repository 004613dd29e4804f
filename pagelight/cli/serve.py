"""`pagelight chat` and `pagelight mcp`: servers for people and for assistants."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pagelight.cli.running import Workspace, configured
from rag.errors import SettingsError
from rag.storage.files.folder import require_made


def chat(
    folder: Annotated[
        str | None,
        typer.Argument(help="Folder or address to read first, visibly."),
    ] = None,
    *,
    workspace: Workspace = None,
    host: Annotated[str | None, typer.Option(help="Address. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port. [default: 7860]")] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Let every account of this machine in.")
    ] = False,
) -> None:
    """Open the chat in the browser; with FOLDER, read it first while you can already ask."""
    asked = {"host": host, "port": port, "token": False if no_token else None}
    with configured(workspace, **asked) as settings:
        from pagelight.server.app.serve_chat import serve_chat

        serve_chat(settings, folder, on_listening=_announce)


def mcp(
    *,
    workspace: Workspace = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="Files of it may be attached; again for more."),
    ] = None,
) -> None:
    """Let assistants search, ask and read the documents: a server of the Model Context Protocol.

    It speaks on standard input and output, and is started by the assistant's program. A running
    chat has the same tools over HTTP, at /mcp.
    """
    with configured(workspace) as settings:
        from pagelight.services.session.mcp_server import serve_mcp

        serve_mcp(settings, folders=files or ())


def token(*, workspace: Workspace = None) -> None:
    """Print the token of the chat: programs send it, and it lets a browser in.

    It lies in the workspace; delete it there (`token`) and start the chat again to have another.
    """
    with configured(workspace) as settings:
        if not settings.asks_token:
            raise SettingsError(
                "The chat asks for no token: RAG_USERS, RAG_PASSWORD or RAG_TOKEN=0 is set."
            )
        require_made(settings.workspace)
        from pagelight.services.accounts.person import start_token

        sys.stdout.write(f"{start_token(settings.workspace)}\n")


def _announce(url: str) -> None:
    sys.stdout.write(f"Pagelight is at {url} (stop it with Ctrl+C)\n")
    sys.stdout.flush()
