"""`scripts/setup.sh` where there is no uv: pip installs by the same lists."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "here-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("here.py", "")
        told = "Metadata-Version: 2.1\\nName: here\\nVersion: 1\\n"
        wheel.writestr("here-1.dist-info/METADATA", told)
        wheel.writestr("here-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("here-1.dist-info/RECORD", "")
    return name
"""
PROJECT = (
    '[build-system]\nrequires = []\nbuild-backend = "builds"\n[project]\nname="here"\nversion="1"\n'
)


def wheel(folder, name, content=""):
    """Write a package of one module; return its line in a list."""
    path = folder / f"{name}-1-py3-none-any.whl"
    told = f"{name}-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", content)
        archive.writestr(f"{told}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        archive.writestr(f"{told}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{told}/RECORD", "")
    return f"{name}==1 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def checkout(tmp_path):
    """Return a project whose lists name what lies in `wheels`; uv can't be had."""
    for folder in ("scripts", "requirements", "wheels"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    lists = {
        "setup": wheel(tmp_path / "wheels", "builds", BACKEND),
        "uv": f"uv==1 --hash=sha256:{'0' * 64}\n",
        "run": wheel(tmp_path / "wheels", "thing"),
    }
    for name, lines in lists.items():
        (tmp_path / "requirements" / f"{name}.txt").write_text(lines, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="a script of the shell")
def test_where_uv_can_not_be_had_pip_installs_all_of_it(checkout):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(checkout / "wheels"),
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHON": sys.executable,
    }
    done = subprocess.run(
        ["/bin/sh", "scripts/setup.sh", "venv", "run"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "pip does it" in done.stdout
    imported = [checkout / "venv" / "bin" / "python", "-c", "import here, thing"]
    assert subprocess.run(imported, check=False).returncode == 0
