"""Write `requirements/*.txt`: what is installed, by the hashes of its files, for all platforms.

    python scripts/hashes.py        after a change to constraints.txt or pyproject.toml

The versions are those of constraints.txt, and the hashes those of all wheels and archives of these
versions: uv asks the package index that it is set up with. Where pip is set up with indexes on this
machine's disk beside, the hashes of what lies there are added: a mirror may have built its own. No
address is written down.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "requirements"
SETUP: Final = {"setup": ("setuptools",), "uv": ("uv",)}
"""What builds that which comes without a wheel, and what installs the rest where it can be had."""

EXTRAS: Final = {"dev": ("dev", "demo"), "servers": ("postgres", "ray", "s3")}
"""Files for what comes on top of `run.txt`: the tests and the demo; what Dockerfile installs."""

_NAME: Final = re.compile(r"^([a-z0-9-]+)==([^ ;]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LINK: Final = re.compile(r'href="([^"#]+)#sha256=([0-9a-f]{64})"')

Blocks = dict[str, set[str]]
"""Requirements (`name==version ; marker`) with the hashes of their files."""


def main() -> None:
    local = list(_local_indexes())
    run = _compiled("pyproject.toml")
    _write("run", run, local)
    for name, given in SETUP.items():
        _write(name, _compiled("-", given=given), local)
    for name, extras in EXTRAS.items():
        whole = _compiled("pyproject.toml", *(f"--extra={extra}" for extra in extras))
        _write(name, {line: whole[line] for line in whole if line not in run}, local)


def _compiled(source: str, *options: str, given: Iterable[str] = ()) -> Blocks:
    """Return what a file or the lines `given` need, on any platform that has Python 3.11."""
    constrained = ("--constraint=constraints.txt", "--universal", "--python-version=3.11")
    plain = ("--generate-hashes", "--no-header", "--no-annotate", "--quiet")
    command = [sys.executable, "-m", "uv", "pip", "compile", source]
    done = subprocess.run(
        [*command, *constrained, *plain, *options],
        cwd=ROOT,
        input="\n".join(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return _blocks(done.stdout)


def _blocks(text: str) -> Blocks:
    found: Blocks = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        first = block.partition("\\")[0].strip()
        found[first] = set(_HASH.findall(block))
    return found


def _write(name: str, blocks: Blocks, local: Iterable[Path]) -> None:
    lines = ["# Written by scripts/hashes.py from constraints.txt."]
    for line, hashes in sorted(blocks.items()):
        all_hashes = sorted(hashes | set(_local_hashes(line, local)))
        lines.append(" \\\n    ".join([line, *(f"--hash=sha256:{one}" for one in all_hashes)]))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _local_indexes() -> Iterator[Path]:
    """Yield the folders of simple indexes (PEP 503) on this disk that pip is set up with."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    for url in re.findall(r"file://[^\s']+", told):
        yield Path(unquote(urlsplit(url).path))


def _local_hashes(requirement: str, indexes: Iterable[Path]) -> Iterator[str]:
    """Yield the hashes of the files of a version that lie in these indexes."""
    name, version = _named(requirement)
    for index in indexes:
        page = index / name / "index.html"
        if page.exists():
            for link, sha256 in _LINK.findall(page.read_text("utf-8")):
                if _is_of(Path(link).name, name, version):
                    yield sha256


def _is_of(file: str, name: str, version: str) -> bool:
    """Tell whether a wheel or an archive is of this version of a package."""
    bare = re.sub(r"\.(?:whl|tar\.gz|zip)$", "", unquote(file))
    begins = re.sub(r"[-_.]+", "-", bare).lower()
    wanted = re.sub(r"[-_.]+", "-", f"{name}-{version}").lower()
    return begins == wanted or begins.startswith(f"{wanted}-")


def _named(requirement: str) -> tuple[str, str]:
    found = _NAME.match(requirement)
    if found is None:
        raise ValueError(requirement)
    return found[1], found[2]


if __name__ == "__main__":
    main()
