"""Office files from before 2007 (.doc, .ppt): turned into new ones by LibreOffice, then read.

LibreOffice is a program of its own that must be installed. It runs here with a profile made for
this one file (macros off, no updates, no recovery), within the time limit, and dies with us.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ingest.discovery.formats import DOC, DOCX, PPT, PPTX
from ingest.parsers.base.unread_parts import unread_in_compound_file
from ingest.parsers.slides.slides import parse_slides
from ingest.parsers.word.word import parse_word
from rag.datamodel import Document, SourceFile
from rag.errors import LimitError, SourceError
from rag.protocols import Assets
from rag.settings import Settings

PROGRAMS: Final = ("soffice", "libreoffice")
TIME_SHARE: Final = 0.8
"""Of the file's seconds: the rest is for reading what it made."""

_NEW: Final = {DOC.media_type: (DOCX, parse_word), PPT.media_type: (PPTX, parse_slides)}
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
 <prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
 <prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
 <prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
 <prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def parse_old_office(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """DOC and PPT through LibreOffice and the parsers of the new formats."""
    new, read = _NEW[file.media_type]
    suffix = new.suffixes[0]
    program = find_program(os.environ)
    if program is None:
        raise SourceError(
            "The file is in an Office format from before 2007 (doc, ppt), which "
            "LibreOffice can read; it is not installed.",
            hint=f"Install LibreOffice, or save the file as {suffix}.",
        )
    seconds = settings.file_seconds * TIME_SHARE
    with tempfile.TemporaryDirectory(prefix="pagelight-") as folder:
        made = _convert(program, file.at, suffix.removeprefix("."), Path(folder), seconds=seconds)
        newer = replace(file, path=str(made), held="", media_type=new.media_type)
        document = read(newer, assets, settings=settings)
    unread = unread_in_compound_file(file.at)
    return replace(document, media_type=file.media_type, warnings=(*document.warnings, *unread))


def find_program(environment: Mapping[str, str]) -> str | None:
    """Return where LibreOffice is; None where it is not installed."""
    found = (shutil.which(name, path=environment.get("PATH")) for name in PROGRAMS)
    return next((path for path in found if path), None)


def _convert(program: str, path: Path, suffix: str, folder: Path, *, seconds: float) -> Path:
    """Return the new file. Raises SourceError, LimitError."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    original, out = folder / "original", folder / "out"
    shutil.copyfile(path, original)
    command = [
        program, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to", suffix, "--outdir", str(out), str(original),
    ]  # fmt: skip
    _run(command, folder, seconds=seconds)
    made = out / f"original.{suffix}"
    if not made.is_file():
        raise SourceError(
            "LibreOffice could not read the file: it is damaged or password protected.",
            hint=f"Save it as .{suffix} without a password.",
        )
    return made


def _run(command: list[str], folder: Path, *, seconds: float) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603 - a program of this machine, and no words of the file
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - our child runs one thread that matters
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise LimitError(
            f"LibreOffice takes more than {seconds:g} seconds to read the file.",
            hint="Raise RAG_FILE_SECONDS to give it more time.",
        ) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _die_with_parent() -> None:
    """End this process when the one that started it ends (Linux; elsewhere nothing)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
