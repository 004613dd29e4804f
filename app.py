"""The `pagelight` command."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import stat
import sys
from collections.abc import Callable
from typing import Final

import typer

from pagelight.cli.ask import ask, search, summary, table
from pagelight.cli.documents import backup, doctor, ingest, restore
from pagelight.cli.evaluate import evaluate, reports
from pagelight.cli.models import models
from pagelight.cli.serve import chat, mcp, token
from pagelight.cli.users import audit, user
from pagelight.process import keep_offline, limit_arenas

DEFAULT_COMMAND: Final = "chat"

cli = typer.Typer(
    help="Ask your documents and pictures; every claim lights up the place it came from.",
    epilog="Without a command: chat. Settings are RAG_* variables: docs/reference/settings.md.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
"""Who may do nothing with the files that Pagelight writes, whatever the shell's umask lets them."""

COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "chat": chat,
    "ingest": ingest,
    "ask": ask,
    "search": search,
    "table": table,
    "summary": summary,
    "eval": evaluate,
    "reports": reports,
    "doctor": doctor,
    "backup": backup,
    "restore": restore,
    "mcp": mcp,
    "token": token,
    "models": models,
    "user": user,
    "audit": audit,
}
for name, command in COMMANDS.items():
    cli.command(name)(command)


def _with_default_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `chat` in front unless a command or --help stands there."""
    if arguments and arguments[0] in {*COMMANDS, "--help", "-h"}:
        return arguments
    return [DEFAULT_COMMAND, *arguments]


def main() -> None:
    """Run the command line. Sets up logging, and keeps every library offline, quiet and small.

    Who asks the process to end (SIGTERM: a system that shuts down, a container) is heard as Ctrl+C
    is, so that what is being written to Chroma is whole: cut off, it can't be read.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.umask(OTHERS)
    limit_arenas(os.environ)
    keep_offline(os.environ)
    atexit.register(_leave_garbage)
    logging.basicConfig(
        level=os.environ.get("PAGELIGHT_LOG", "WARNING").upper(),
        format="%(levelname)s %(name)s: %(message)s",
    )
    cli(_with_default_command(sys.argv[1:]))


def _leave_garbage() -> None:
    """Save the end a search through all of torch for garbage: .7 s.

    Not beside triton, which comes with a folder of weights that writes: it calls what is left a
    leak, in thirty lines.
    """
    if "triton" not in sys.modules:
        gc.freeze()


if __name__ == "__main__":
    main()
