"""`pagelight user`: who may sign in to the chat."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Literal

import typer

from commands.running import speaking
from rag.settings import load_settings


def user(
    action: Annotated[
        Literal["add", "list", "remove", "hash"],
        typer.Argument(help="add (or change), list, remove; hash: print that of a password."),
    ] = "list",
    name: Annotated[str, typer.Argument(help="Who it is about.")] = "",
    *,
    collections: Annotated[
        str,
        typer.Option(metavar="A,B", help="Top-level folders that they may see; . is beside them."),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="They may see and change everything.")
    ] = False,
) -> None:
    """Say who may sign in to the chat, and what each may see: in the file that RAG_USERS names.

    The password is asked for, or read from standard input.
    """
    with speaking():
        from service.people.passwords import hashed
        from service.people.users import read_users
        from ui.terminal.users_terminal import (
            add_user,
            read_password,
            remove_user,
            told,
            users_path,
        )

        if action == "hash":
            sys.stdout.write(f"{hashed(read_password())}\n")
            return
        path = users_path(load_settings(os.environ).users)
        if action == "add":
            added = add_user(path, name, collections=collections, everything=everything)
            sys.stdout.write(f"{told(added)}\n")
        elif action == "remove":
            remove_user(path, name)
        else:
            sys.stdout.writelines(f"{told(one)}\n" for one in read_users(path).values())
