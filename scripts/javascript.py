"""Check the page's scripts: their types (TypeScript reads their JSDoc), ESLint, and their tests.

The first two are fetched once, by version, into a folder that git ignores; the tests are run by
node itself. Without node the check is left out, and says so; in CI it fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TOOLS: Final = ROOT / ".javascript"
PACKAGES: Final = ("typescript@5.6.3", "eslint@9.14.0", "@eslint/js@9.14.0", "globals@15.12.0")
CHECKS: Final = (
    ("node_modules/typescript/bin/tsc", "--project", "tsconfig.json"),
    ("node_modules/eslint/bin/eslint.js", "--config", "eslint.config.mjs", "pagelight/ui"),
)
TESTS: Final = "tests/javascript"
COPIED: Final = ("pagelight/ui/static", TESTS)


def main() -> int:
    """Return 0 where all is well, or where there is no node outside of CI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("The page's scripts were NOT CHECKED: there is no node and npm on the path.")
        return int(bool(os.environ.get("CI")))
    _bring(npm)
    _copy()
    tests = sorted(str(path.relative_to(TOOLS)) for path in (TOOLS / TESTS).rglob("*.test.js"))
    return max(_run(node, *check) for check in (*CHECKS, ("--test", *tests)))


def _bring(npm: str) -> None:
    """Fetch what lacks. A mark tells which versions are there."""
    mark, told = TOOLS / "packages.txt", "\n".join(PACKAGES)
    if mark.is_file() and mark.read_text(encoding="utf-8") == told:
        return
    TOOLS.mkdir(exist_ok=True)
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    command = [npm, "install", *options, "--prefix", str(TOOLS), *PACKAGES]
    subprocess.run(command, check=True, cwd=TOOLS)
    mark.write_text(told, encoding="utf-8")


def _copy() -> None:
    """Copy the scripts and their tests beside what they import, as ES modules."""
    for name in COPIED:
        shutil.rmtree(TOOLS / name, ignore_errors=True)
        shutil.copytree(ROOT / name, TOOLS / name)
        (TOOLS / name / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for name in ("tsconfig.json", "eslint.config.mjs"):
        shutil.copy(ROOT / name, TOOLS / name)


def _run(node: str, *options: str) -> int:
    """Run a check, and return its exit code."""
    return subprocess.run([node, *options], check=False, cwd=TOOLS).returncode


if __name__ == "__main__":
    sys.exit(main())
