"""`pagelight user` and `pagelight audit`: who may sign in to the chat, and who did what."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Literal

import typer

from pagelight.cli.options import AsJson, Workspace
from pagelight.cli.running import opened, print_json, speaking
from rag.settings import load_settings


def user(
    action: Annotated[
        Literal["add", "list", "remove", "group", "hash"],
        typer.Argument(
            help="add (or change), list, remove; group: what those of it see; hash: print that of"
            " a password."
        ),
    ] = "list",
    name: Annotated[str, typer.Argument(help="Who it is about.")] = "",
    *,
    collections: Annotated[
        str,
        typer.Option(metavar="A,B", help="Top-level folders that they may see; . is beside them."),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="They may see everything.")
    ] = False,
    role: Annotated[
        Literal["", "reads", "adds", "administers"],
        typer.Option(
            help="What they may do: reads (and asks), adds documents too, or administers people,"
            " models and documents. [default: administers with --everything, else reads]",
            show_default=False,
        ),
    ] = "",
    groups: Annotated[
        str | None, typer.Option(metavar="A,B", help="Groups whose collections they may see too.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Say who may sign in, and what each may see and do: in the file that RAG_USERS names.

    The password is asked for, or read from standard input. What is changed has a line in
    `pagelight audit` of the workspace.
    """
    with speaking():
        from pagelight.cli.users_terminal import (
            add_group,
            add_user,
            note_change,
            read_password,
            remove_user,
            told,
            users_path,
        )
        from pagelight.services.accounts.passwords import hashed
        from pagelight.services.accounts.users import read_users

        if action == "hash":
            sys.stdout.write(f"{hashed(read_password())}\n")
            return
        settings = load_settings(os.environ, workspace=workspace)
        path = users_path(settings.users)
        if action == "add":
            added = add_user(
                path, name, collections=collections, everything=everything, role=role, groups=groups
            )
            sys.stdout.write(f"{told(added)}\n")
            note_change(settings.workspace, "set the password and the rights of", told(added))
        elif action == "group":
            group = add_group(path, name, collections=collections, everything=everything)
            sys.stdout.write(f"{group}\n")
            note_change(settings.workspace, "saved the group", group)
        elif action == "remove":
            remove_user(path, name)
            note_change(settings.workspace, "removed the person", name)
        else:
            sys.stdout.writelines(f"{told(one)}\n" for one in read_users(path).values())


def audit(
    *,
    who: Annotated[str, typer.Option(metavar="NAME", help="Of this person alone.")] = "",
    most: Annotated[int, typer.Option("-n", min=1, max=100_000, help="So many lines.")] = 100,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List who signed in and out, and who changed what: when, and from where; newest first.

    Documents, collections, models and people; of one's own conversations only that something was
    changed. What somebody asked is not among it.
    """
    with speaking(), opened(workspace) as session:
        from pagelight.cli.users_terminal import print_audit

        rows = session.audit(most, who=who)
        print_json(rows) if as_json else print_audit(rows)
