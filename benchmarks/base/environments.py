"""An environment for each library that is compared with, made once by uv in the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def python_with(name: str, packages: Sequence[str]) -> str:
    """Return the interpreter of the environment `name`; make it if it is not there.

    `packages` are what `uv pip install` takes: names, or "-r" and a file of them.
    """
    folder = CACHE / "pagelight-benchmarks" / name
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--clear", "--python", sys.executable, folder], check=True)
        how = ["--link-mode", "copy", "--compile-bytecode", "--python", python]
        subprocess.run([uv, "pip", "install", *how, *packages], check=True)
        (folder / ".installed").touch()
    return str(python)
