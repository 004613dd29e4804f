"""Every version is written down: of what is declared, and of what is installed."""

import re
import sysconfig
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
OURS = {"pagelight", "pip"}


def _normal(name: str) -> str:
    """Return the name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _pins() -> dict[str, str]:
    return dict(line.split("==") for line in _lines())


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {_normal(Requirement(line).name) for group in groups for line in group}


def test_every_line_is_one_name_and_one_version():
    for line in _lines():
        assert re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.+!]+", line), line
    assert list(_pins()) == sorted(_pins())


def test_every_declared_library_is_pinned():
    assert _declared() - set(_pins()) == set()


def test_every_installed_library_is_pinned_at_its_version():
    # A library may put what it carries with it on the path (ray does); that is not installed.
    places = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    found = distributions(path=places)
    installed = {_normal(d.metadata["Name"]): d.version for d in found}
    pins = _pins()
    unpinned = {name: v for name, v in installed.items() if pins.get(name) != v}

    assert set(unpinned) - OURS == set(), "put these into constraints.txt"
