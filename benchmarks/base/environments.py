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


def python_with(name: str, packages: Sequence[str], *, pins: Sequence[str] = ()) -> str:
    """Return the interpreter of the environment `name`, below .cache/; make it if it is not there.

    `pins` are the beginnings of the lines of constraints.txt that bind it.
    """
    folder = CACHE / name
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        bound = folder.with_suffix(".pins")
        bound.parent.mkdir(parents=True, exist_ok=True)
        bound.write_text("\n".join(line for line in lines if line.startswith(tuple(pins))))
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--clear", "--python", sys.executable, folder], check=True)
        how = ["--link-mode", "copy", "--compile-bytecode", "--python", python]
        install = [uv, "pip", "install", *how, "--constraint", bound]
        subprocess.run([*install, *packages], check=True)
        (folder / ".installed").touch()
    return str(python)
