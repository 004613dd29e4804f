"""`pagelight chat` and `pagelight mcp`: servers for people and for assistants."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from commands.options import Workspace
from commands.running import speaking
from rag.settings import load_settings


def chat(
    folder: Annotated[
        str | None,
        typer.Argument(help="Folder or address to read first, visibly."),
    ] = None,
    *,
    workspace: Workspace = None,
    host: Annotated[str | None, typer.Option(help="Address. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port. [default: 7860]")] = None,
) -> None:
    """Open the chat in the browser; with FOLDER, read it first while you can already ask."""
    with speaking():
        settings = load_settings(os.environ, workspace=workspace, host=host, port=port)
        from ui.server.serve_chat import serve_chat

        serve_chat(settings, folder, on_listening=_announce)


def mcp(*, workspace: Workspace = None) -> None:
    """Let assistants search, ask and read the documents: a server of the Model Context Protocol.

    It speaks on standard input and output, and is started by the assistant's program. A running
    chat has the same tools over HTTP, at /mcp.
    """
    with speaking():
        settings = load_settings(os.environ, workspace=workspace)
        from service.session.mcp_server import serve_mcp

        serve_mcp(settings)


def _announce(url: str) -> None:
    sys.stdout.write(f"Pagelight is at {url} (stop it with Ctrl+C)\n")
    sys.stdout.flush()
