"""An environment for each library that is compared with, below .cache/, made once by uv."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = ROOT / ".cache"


def python_with(name: str, packages: Sequence[str]) -> str:
    """Return the interpreter of the environment `name`; make it if it is not there."""
    folder = CACHE / name
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--clear", "--python", sys.executable, folder], check=True)
        how = ["--link-mode", "copy", "--compile-bytecode", "--python", python]
        subprocess.run([uv, "pip", "install", *how, *packages], check=True)
        (folder / ".installed").touch()
    return str(python)
