"""The child process that has OpenVINO read a GGUF file and write it in its own form.

    python -m rag.models.setup.conversion FILE.gguf

A process of its own, so that the memory comes back and a crash of the engine is an error.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rag.errors import ModelError
from rag.models.setup.row_scales import use_row_scales

FORM: Final = ("openvino_model", "openvino_tokenizer", "openvino_detokenizer")


def convert(file: Path, *, environ: Mapping[str, str]) -> None:
    """Leave the engine's form beside a GGUF file. Raises ModelError where the engine fails."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", __name__, str(file)],
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    lacking = [name for name in FORM if not (file.parent / f"{name}.xml").exists()]
    if done.returncode < 0:
        raise ModelError(
            "Building the model that writes was ended by the system.",
            hint="It takes about 5 GB of free memory; close other programs, then run: "
            "pagelight models fetch writer",
        )
    if done.returncode or lacking:
        why = (done.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
        raise ModelError(f"OpenVINO could not build the model that writes: {why}")


def main() -> None:
    import openvino_genai

    file = Path(sys.argv[1])
    openvino_genai.LLMPipeline(file, "CPU", enable_save_ov_model=True)
    use_row_scales(file.with_name(f"{FORM[0]}.xml"))


if __name__ == "__main__":
    main()
