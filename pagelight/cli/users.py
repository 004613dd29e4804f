"""`pagelight user` and `pagelight audit`: who may sign in to the chat, and who did what."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pagelight.cli.running import AsJson, Workspace, configured, opened, printable, show
from rag.errors import SettingsError

if TYPE_CHECKING:
    from pagelight.services.accounts.person import Collections, User
    from pagelight.services.accounts.users import PeopleFile


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
    folders: Annotated[
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
        str | None, typer.Option(metavar="A,B", help="Groups whose folders they may see too.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Say who may sign in, and what each may see and do: in the file that RAG_USERS names.

    The password is asked for, or read from standard input. What is changed has a line in
    `pagelight audit` of the workspace.
    """
    with configured(workspace) as settings:
        from pagelight.services.accounts.person import hashed, seen_words
        from pagelight.services.accounts.users import PeopleFile

        if action == "hash":
            sys.stdout.write(f"{hashed(read_password())}\n")
            return
        file = PeopleFile(_path(settings.users), needs_administrator=False)
        if action != "add":
            file.book()  # nothing is laid beside a file that is not there
        if action == "list":
            sys.stdout.writelines(f"{_line(one)}\n" for one in file.book().users.values())
            return
        if action == "remove":
            file.remove(name)
            done, about = "removed the person", name
        elif action == "group":
            seen = _seen(None, folders, everything=everything, grouped=False)
            done, about = "saved the group", f"{file.put_group(name, seen)}: {seen_words(seen)}"
        else:
            added = add_user(
                file, name, folders=folders, everything=everything, role=role, groups=groups
            )
            done, about = "set the password and the rights of", _line(added)
        sys.stdout.write(f"{about}\n" if action != "remove" else "")
        _note_change(settings.workspace, done, about)


def _path(setting: str) -> Path:
    if not setting:
        raise SettingsError(
            "Where is the users file?",
            hint="Set RAG_USERS to its path; pagelight chat reads it there too.",
        )
    return Path(setting).expanduser()


def audit(
    *,
    who: Annotated[str, typer.Option(metavar="NAME", help="Of this person alone.")] = "",
    most: Annotated[int, typer.Option("-n", min=1, max=100_000, help="So many lines.")] = 100,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List who signed in and out, and who changed what: when, and from where; newest first.

    Documents, folders, models and people; of one's own conversations only that something was
    changed. What somebody asked is not among it.
    """
    with opened(workspace) as session:
        show(session.audit(most, who=who), print_audit, as_json=as_json)


def add_user(
    file: PeopleFile,
    name: str,
    *,
    folders: str,
    everything: bool,
    role: str = "",
    groups: str | None = None,
) -> User:
    """Ask for a password; return the user, new or changed: what is not told stays as it was."""
    from pagelight.services.accounts.person import checked_name

    name = checked_name(name)
    former = file.book(or_new=True).users.get(name)
    among = former.groups if former and groups is None else _names(groups or "")
    own = _seen(former, folders, everything=everything, grouped=bool(among))
    rights = file.rights(former, own, among, role=role)  # what is wrong is told before one types
    file.add(name, read_password(), rights, or_change=True)
    return file.book().users[name]


def read_password() -> str:
    """Return a new password: typed twice at a terminal, else the first line that comes in."""
    from pagelight.services.accounts.person import checked_password

    if not sys.stdin.isatty():
        return checked_password(sys.stdin.readline().rstrip("\r\n"))
    password = checked_password(getpass.getpass("Password: "))
    if getpass.getpass("Once more: ") != password:
        raise SettingsError("The two passwords differ.", hint="Try again.")
    return password


def print_audit(rows: Sequence[Mapping[str, Any]]) -> None:
    """Show each line: when, who, what, about what, from where."""
    for row in rows:
        about = f" {row['about']}" if row["about"] else ""
        at = f" from {row['address']}" if row["address"] else ""
        when = f"{datetime.fromisoformat(row['at']).astimezone():%Y-%m-%d %H:%M:%S}"
        line = f"{when}  {row['who'] or 'the owner'}: {row['what']}{about}{at}"
        sys.stdout.write(f"{printable(line)}\n")
    if not rows:
        sys.stdout.write("Nothing yet.\n")


def _note_change(workspace: Path, what: str, about: str) -> None:
    """Write a line of a change into the workspace, which a chat may have open, if there is one."""
    from pagelight.server.middleware.audit_log import COMMAND_LINE
    from rag.storage.accounts import Audit
    from rag.storage.database.user_database import USERS_NAME, UserFile

    if not (workspace / USERS_NAME).exists():
        sys.stderr.write(f"No workspace at {workspace} yet: this has no line in pagelight audit.\n")
        return
    with UserFile(workspace / USERS_NAME) as users:
        Audit(users).put(COMMAND_LINE, what, about=about, address=getpass.getuser())


def _line(user: User) -> str:
    from pagelight.services.accounts.person import seen_words

    among = f" (groups: {', '.join(user.groups)})" if user.groups else ""
    person = user.person
    return f"{person.name} {person.role}: {seen_words(person.collections)}{among}"


def _names(text: str) -> tuple[str, ...]:
    return tuple(sorted({name.strip().strip("/") for name in text.split(",")} - {""}))


def _seen(former: User | None, folders: str, *, everything: bool, grouped: bool) -> Collections:
    names = _names(folders)
    if names and everything:
        raise SettingsError("--folders and --everything do not go together.", hint="Give one.")
    if names or everything:
        return None if everything else names
    if former is not None:
        return former.own_collections
    if grouped:
        return ()
    raise SettingsError(
        "What may they see?",
        hint="Say --everything, or --folders with top-level folders, as reports,letters;"
        " . are the files beside these.",
    )
