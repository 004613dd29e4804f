"""`pagelight chat`: the server first, then the models and the folder, in the background."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from ingest.remote.address import folder_at, is_address, shown
from pagelight.process import count_connections
from pagelight.server.app.server import Parts, serve
from pagelight.server.auth.entrance import with_token
from pagelight.services.accounts.person import TOKEN_BYTES, start_token
from pagelight.services.accounts.users import PeopleFile
from pagelight.services.jobs.shared_jobs import SharedJobs
from pagelight.services.jobs.watch import Copying, Succession, Watch
from pagelight.services.models.models_job import ModelFetch, Switches
from pagelight.services.session.assemble import Assembly, assemble
from pagelight.ui.library.files import READ_AGAIN, REMOVE, Demo, folder_of, forget, is_untouched
from rag.errors import DatabaseError, PagelightError, WorkspaceBusyError
from rag.models.setup.bundled import BUNDLED, WRITER
from rag.pipeline.engine.build import build_switch
from rag.settings import Settings
from rag.storage.files.folder import owner_of

logger = logging.getLogger(__name__)

MAX_EXAMPLES = 4

JOIN_S: Final = 60.0
"""So long another chat that begins is waited for: it makes the workspace's tables."""

NOTED_S: Final = 2.0
"""So long it may take until who owns a workspace has noted that it is a chat."""

LOOK_S: Final = 0.2
UPLOADS: Final = "GRADIO_TEMP_DIR"

OTHERS: Final = tuple(model for model in BUNDLED if model is not WRITER)
"""What is fetched where another model writes."""

DEMO = Path(__file__).parents[3] / "demo" / "documents"
"""Comes with the source, not with an installed package."""


def serve_chat(
    settings: Settings, named: str | Path | None, *, on_listening: Callable[[str], None]
) -> None:
    """Serve until interrupted; read the folder or address `named`, else that of the workspace.

    `on_listening` gets the address that lets its owner in.
    """
    if named is not None and not is_address(named) and not Path(named).is_dir():
        raise PagelightError(f"There is no folder {named}.", hint="Check the name.")
    count_connections()
    assembly = _assembled(settings)
    fetch = ModelFetch(os.environ)
    try:
        index, root = assembly.engine.index, assembly.engine.index.root
        folder = folder_at(named, settings.workspace) if named else None
        if index.writes_here:
            index.take_over()
        if folder is not None and not index.writes_here:
            if root is not None and root.resolve() != folder.resolve():
                raise PagelightError(
                    f"Another chat reads {shown(root)} into this workspace.",
                    hint="Start this one with the same folder, or choose another --workspace.",
                )
        elif folder is not None and index.follows:
            index.set_root(folder.resolve())  # where this machine finds it
        documents = folder or folder_of(settings.workspace, root=root)
        _serve(assembly, documents, on_listening, fetch)
    finally:
        fetch.close()
        assembly.close()


def _assembled(settings: Settings) -> Assembly:
    """Open the workspace, beside the chat that owns it if there is one.

    A database that is away is waited for. Raises WorkspaceBusyError where it is owned by what is
    no chat.
    """
    began_s, reported = time.monotonic(), ""
    while True:
        try:
            return assemble(settings)
        except DatabaseError as error:
            if str(error) != reported:
                logger.warning("%s", error)
            reported, began_s = str(error), time.monotonic()
        except WorkspaceBusyError:
            owner = owner_of(settings.workspace)
            if owner is not None and owner.url:
                return assemble(settings, secondary=True)
            patience_s = NOTED_S if owner is None or not owner.serves else JOIN_S
            if time.monotonic() - began_s > patience_s:
                raise
        time.sleep(LOOK_S)


def _serve(
    assembly: Assembly,
    folder: Path,
    on_listening: Callable[[str], None],
    fetch: ModelFetch,
) -> None:
    engine, settings = assembly.engine, assembly.settings
    workspace = settings.workspace
    token = start_token(workspace) if settings.asks_token else secrets.token_urlsafe(TOKEN_BYTES)
    if settings.users:
        PeopleFile(Path(settings.users).expanduser()).check_apart(folder)
    index = engine.index
    index.servers.begin()
    if index.writes_here:
        index.announce(url="", token=token)
    else:  # what comes in halves here, the owner would delete
        os.environ.setdefault(UPLOADS, str(index.servers.room.resolve()))
    make_ingest = partial(assembly.make_ingest, then=engine.read_languages)
    jobs = SharedJobs(make_ingest, index, folder=folder)
    jobs.grants = {what: partial(forget, index, jobs, what) for what in (REMOVE, READ_AGAIN)}
    watch = Watch(jobs, index.source_folders.all, disk=assembly.disk)
    switches = Switches(build_switch(settings, engine))
    address = ""

    def own() -> None:
        index.announce(url=address, token=token)
        watch.begin()  # what changes while it is read is read again
        if not is_untouched(folder, workspace, root=index.root):
            jobs.start()
        go_on()

    def go_on() -> None:
        if index.writes_here and engine.ready():
            switches.go_on()

    succession = Succession(index, own, on_lost=jobs.stand_back)
    copying = Copying(index, lambda: index.follows and engine.catch_up())

    def begin(url: str) -> None:
        nonlocal address
        address = url
        engine.warm_in_background(then=go_on)
        if index.writes_here:
            index.announce(url=url, token=token)
        jobs.follow()
        succession.begin()
        if settings.database_url:
            copying.begin()
        fetch.start(OTHERS if engine.active.source("generator") else BUNDLED)
        on_listening(with_token(url, token) if settings.asks_token else url)

    parts = Parts(
        engine=engine,
        jobs=jobs,
        incoming=assembly,
        dictation=assembly,
        renderer=assembly.drawing,
        switches=switches,
        writer=lambda: fetch.state,
        fetch=assembly.disk.keep,
        examples=Demo(folder).questions(MAX_EXAMPLES),
        demo=Demo(DEMO),
    )
    try:
        serve(parts, settings, token=token, on_listening=begin)
    finally:
        succession.close()
        copying.close()
        watch.close()
        switches.close()
        jobs.close()
