"""`pagelight chat`: the server first, then the models and the folder, in the background."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.parsers.pdf.pdf import PdfRenderer
from rag.engine.build import build_switch
from rag.errors import PagelightError
from rag.settings import Settings
from service.models.models_switch import Switches
from service.people.users import check_apart
from service.session.assemble import Assembly, assemble
from service.work.jobs import Jobs
from ui.server.server import Parts, serve

EXAMPLES_FILE = "questions.jsonl"
MOST_EXAMPLES = 4


def serve_chat(
    settings: Settings, folder: Path | None, *, on_listening: Callable[[str], None]
) -> None:
    """Serve until interrupted; read `folder`, or the one that the workspace was made from."""
    if folder is not None and not folder.is_dir():
        raise PagelightError(f"There is no folder {folder}.", hint="Check the name.")
    token = secrets.token_urlsafe(32)
    assembly = assemble(settings)
    try:
        _serve(assembly, folder or assembly.engine.index.root, token, on_listening)
    finally:
        assembly.close()


def _serve(
    assembly: Assembly, folder: Path | None, token: str, on_listening: Callable[[str], None]
) -> None:
    engine, users = assembly.engine, assembly.settings.users
    if users and folder is not None:
        check_apart(Path(users).expanduser(), folder)
    jobs = Jobs(assembly.make_ingest, folder=folder)
    switches = Switches(build_switch(assembly.settings, engine))

    def begin(url: str) -> None:
        engine.index.announce(url=url, token=token)
        engine.warm_in_background(then=switches.go_on)
        jobs.start()
        on_listening(url)

    parts = Parts(
        engine=engine,
        jobs=jobs,
        incoming=assembly,
        renderer=PdfRenderer(),
        switches=switches,
        examples=example_questions(folder),
    )
    try:
        serve(parts, assembly.settings, token=token, on_listening=begin)
    finally:
        switches.close()
        jobs.close()


def example_questions(folder: Path | None) -> Sequence[str]:
    """Return the first questions of the file that may stand beside the folder; else none."""
    path = folder.parent / EXAMPLES_FILE if folder else None
    if path is None or not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()[:MOST_EXAMPLES]
    return [json.loads(line)["question"] for line in lines]
