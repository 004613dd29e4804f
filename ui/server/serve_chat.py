"""`pagelight chat`: the server first, then the models and the folder, in the background."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from ingest.parsers.pdf.pdf import PdfRenderer
from rag.engine.build import build_switch
from rag.errors import PagelightError
from rag.settings import Settings
from service.models.models_switch import Switches
from service.people.users import check_apart
from service.session.assemble import Assembly, assemble
from service.work.jobs import Jobs
from service.work.watch import Watch
from ui.server.parts import Parts
from ui.server.server import serve
from ui.start.demo import Demo
from ui.start.own_folder import folder_of, is_untouched

MOST_EXAMPLES = 4

DEMO = Path(__file__).parents[2] / "demo" / "documents"
"""Comes with the source, not with an installed package."""


def serve_chat(
    settings: Settings, folder: Path | None, *, on_listening: Callable[[str], None]
) -> None:
    """Serve until interrupted; read `folder`, or the one that the workspace was made from."""
    if folder is not None and not folder.is_dir():
        raise PagelightError(f"There is no folder {folder}.", hint="Check the name.")
    token = secrets.token_urlsafe(32)
    assembly = assemble(settings)
    try:
        root = assembly.engine.index.root
        documents = folder or folder_of(settings.workspace, root=root)
        _serve(assembly, documents, token, on_listening)
    finally:
        assembly.close()


def _serve(
    assembly: Assembly, folder: Path, token: str, on_listening: Callable[[str], None]
) -> None:
    engine, users = assembly.engine, assembly.settings.users
    workspace = assembly.settings.workspace
    if users:
        check_apart(Path(users).expanduser(), folder)
    jobs = Jobs(assembly.make_ingest, folder=folder)
    watch = Watch(jobs, engine.index.source_folders.all)
    switches = Switches(build_switch(assembly.settings, engine))

    def begin(url: str) -> None:
        engine.index.announce(url=url, token=token)
        engine.warm_in_background(then=switches.go_on)
        watch.begin()  # what changes while it is read is read again
        if not is_untouched(folder, workspace, root=engine.index.root):
            jobs.start()
        on_listening(url)

    parts = Parts(
        engine=engine,
        jobs=jobs,
        incoming=assembly,
        renderer=PdfRenderer(),
        switches=switches,
        examples=Demo(folder).questions(MOST_EXAMPLES),
        demo=Demo(DEMO),
    )
    try:
        serve(parts, assembly.settings, token=token, on_listening=begin)
    finally:
        watch.close()
        switches.close()
        jobs.close()
