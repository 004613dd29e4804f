"""Every version is written down: of what is declared, and of what is installed, by hash."""

import re
import sysconfig
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
OURS = {"pagelight", "pip"}
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
_HASHES = r"((?: \\\n    --hash=sha256:[0-9a-f]{64})+)"
_BLOCK = re.compile(rf"^([a-z0-9-]+)==([^ ;\\]+)(?: ; [^\\]+)?{_HASHES}$", re.MULTILINE)


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


def _blocks(path):
    return [(name, version) for name, version, _ in _BLOCK.findall(path.read_text("utf-8"))]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_is_names_versions_and_hashes_and_nothing_else(path):
    text = path.read_text("utf-8")
    rest = _BLOCK.sub("", text)

    assert _blocks(path)
    assert [line for line in rest.splitlines() if line and not line.startswith("# Written")] == []
    assert "//" not in text


def test_every_version_that_is_tested_is_listed_as_it_is():
    listed = {pair for path in LISTS for pair in _blocks(path)}
    missing = set(_pins().items()) - listed

    assert missing == set(), "run: python scripts/hashes.py"
    wrong = {name: v for name, v in listed if _pins().get(name, v) != v}
    assert wrong == {}, "run: python scripts/hashes.py"
