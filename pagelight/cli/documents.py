"""`pagelight ingest`, `doctor`, `backup` and `restore`: documents read, whole, and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pagelight.cli.running import (
    SOME_FAILED,
    AsJson,
    Workspace,
    configured,
    opened,
    print_json,
    say,
    show,
    speaking,
)
from rag.errors import SettingsError

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file that holds it all.")]


def ingest(
    folder: Annotated[
        str,
        typer.Argument(
            help="Folder of documents and pictures, or an address of one (s3://…).",
        ),
    ],
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and read again after each change.")
    ] = False,
    remove_all: Annotated[
        bool,
        typer.Option(
            "--remove-all", help="Forget what is gone, also of folders that are empty now."
        ),
    ] = False,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Who opens the files: this machine, or a Ray cluster (RAY_ADDRESS)."),
    ] = "local",
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            metavar="FILE",
            help="Text file with the passwords of locked files, one on each line; none is stored.",
        ),
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Read what is new or changed in FOLDER. Exit code 3: some files could not be read."""
    with speaking(), _lending(password_file, folder, engine=engine):
        if watch:
            _watch(folder, workspace, engine=engine, remove_all=remove_all, as_json=as_json)
            return
        with opened(workspace) as session:
            from pagelight.cli.terminal import IngestDisplay, print_report

            with IngestDisplay() as display:
                report = session.ingest(
                    folder,
                    on_progress=display.show,
                    engine=engine,
                    remove_all=remove_all,
                    briefly=not as_json,
                )
            show(report, print_report, as_json=as_json)
            if any(file["state"] == "failed" for file in report["files"]):
                raise typer.Exit(SOME_FAILED)


@contextmanager
def _lending(password_file: Path | None, folder: str, *, engine: str) -> Iterator[None]:
    """Lend the passwords of a file for as long as files are read."""
    if password_file is None:
        yield
        return
    if engine != "local":
        raise SettingsError(
            "--password-file and --engine ray do not go together.",
            hint="Passwords stay on this machine: read locked files with --engine local.",
        )
    if password_file.resolve().is_relative_to(Path(folder).resolve()):
        raise SettingsError(
            f"{password_file} lies in the folder, and would be read as a document of it.",
            hint="Put it elsewhere.",
        )
    try:
        passwords = password_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{password_file} can't be read ({type(error).__name__}).",
            hint="Give a text file in UTF-8, a password a line.",
        ) from error
    from ingest.archives.passwords import lending

    with lending(list(filter(None, passwords))):
        yield


def _watch(
    folder: str, workspace: Path | None, *, engine: str, remove_all: bool, as_json: bool
) -> None:
    if engine != "local":
        raise SettingsError(
            "--watch and --engine ray do not go together.",
            hint="What changes now and then, this machine reads soon enough.",
        )
    from pagelight.cli.terminal import IngestDisplay, log
    from pagelight.services.session.upkeep import News, watch

    tell, news = partial(log, stderr=as_json), News()
    with configured(workspace) as settings, IngestDisplay() as display:

        def report_on(report: Mapping[str, Any]) -> None:
            display.rest()
            if as_json:
                print_json(report)
            tell(*news.lines(report))

        try:
            watch(
                settings,
                folder,
                tell=tell,
                on_report=report_on,
                on_progress=display.show,
                remove_all=remove_all,
            )
        except KeyboardInterrupt:
            tell("Stopped.")


def doctor(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Check the workspace: is every document whole, is every vector there? Exit code 3: no."""
    with configured(workspace) as settings:
        from pagelight.cli.terminal import StepDisplay
        from pagelight.services.session.upkeep import check_up

        with StepDisplay("Checking", goes_on=repair) as display:
            result = check_up(settings, repair=repair, progress=display)
        _show_checkup(result, as_json=as_json)


def _show_checkup(result: Mapping[str, Any], *, as_json: bool) -> None:
    from pagelight.cli.terminal import print_checkup

    show(result, print_checkup, as_json=as_json)
    if not result["healthy"]:
        raise typer.Exit(SOME_FAILED)


def backup(file: File, *, workspace: Workspace = None) -> None:
    """Copy documents and what people wrote to FILE, also while the chat runs.

    Attached files, pictures and the users file are not in it. With RAG_DATABASE_URL the
    database's own pg_dump copies what people wrote.
    """
    with configured(workspace) as settings:
        from pagelight.services.session.upkeep import back_up

        back_up(settings, file)
        say(f"{file} holds the documents and what people wrote.")


def restore(file: File, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Put back what FILE holds, in place of what is there, and make the vectors again.

    What was there is kept in the workspace as *.before.sqlite. Exit code 3: pictures of
    documents are missing, which the next ingest makes.
    """
    with configured(workspace) as settings:
        from pagelight.cli.terminal import StepDisplay
        from pagelight.services.session.upkeep import restore as put_back

        with StepDisplay("Restoring", goes_on=True) as display:
            result = put_back(settings, file, progress=display)
        _show_checkup(result, as_json=as_json)
