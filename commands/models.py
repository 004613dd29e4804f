"""`pagelight models`: what can run on this machine, and fetching it."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer

from commands.options import AsJson, Workspace
from commands.running import print_json, speaking
from rag.errors import SettingsError
from rag.settings import load_settings


def models(
    action: Annotated[
        Literal["list", "fetch"], typer.Argument(help="list, or fetch with names.")
    ] = "list",
    names: Annotated[
        list[str] | None,
        typer.Argument(help="A model, local or gpu (the set for this machine), or cpu-16, gpu-24."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to licence and size.")] = False,
    workspace: Workspace = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no hub.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the models that can run here, or fetch some: the only command that asks a model hub.

    A download that was interrupted goes on where it was; every file is verified.
    """
    with speaking():
        settings = load_settings(os.environ, workspace=workspace)
        from service.models.models import overview
        from ui.terminal.models_terminal import fetch_models, print_overview

        if action == "fetch":
            if not names:
                raise SettingsError("What is to be fetched?", hint="Names: pagelight models")
            fetch_models(settings, names, offline=offline, agree=lambda q: yes or typer.confirm(q))
        elif as_json:
            print_json(overview(settings))
        else:
            print_overview(overview(settings))
