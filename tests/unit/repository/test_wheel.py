"""What is installed without a clone has all that a clone has: templates, weights, the demo."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
INSTALLED = (
    "app.py",
    "ingest",
    "pagelight",
    "prompts",
    "rag",
    "demo/documents",
    "demo/questions.jsonl",
)
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "demo", *INSTALLED[:5])


def files(root):
    """Return what is installed of a checkout, but the types of scripts."""
    found = (path for name in INSTALLED for path in (root / name, *(root / name).rglob("*")))
    names = {path.relative_to(root).as_posix() for path in found if path.is_file()}
    return {name for name in names if not name.endswith((".d.ts", ".pyc"))}


def test_a_wheel_holds_every_file_that_runs(tmp_path):
    for name in BUILT_FROM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path / "dist", tmp_path], check=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")

    assert files(tmp_path) <= {*zipfile.ZipFile(wheel).namelist()}
