"""Write or check what the code itself tells in `docs/reference`, such as formats and settings.

A part stands in the page of its name, between two marks. Knows nothing of the prose around it.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Final

import typer
from typer.main import get_command
from typer.testing import CliRunner

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))

from app import cli  # noqa: E402 - the repository's own modules, from wherever this is started
from ingest.discovery.formats import FAMILIES  # noqa: E402 - as above
from rag.evaluation.report import METRICS  # noqa: E402 - as above
from rag.settings import PREFIX, Settings  # noqa: E402 - as above

CODE: Final = (
    "pagelight",
    "rag",
    "ingest",
    "training",
    "benchmarks",
    "scripts",
)
LONGEST: Final = 85
"""Characters of a file's description before it is cut at a colon or semicolon."""
MAX_SUFFIXES: Final = 20
"""Of a family of formats; of more only their number is told."""

BESIDE: Final = {
    "prompts": "the texts that generators are given",
    "demo": "a small corpus of our own making, its questions and the script that draws it",
    "tests": "unit, contract, property, crash and browser tests",
}


def formats_table() -> str:
    """Return what is read: each family of formats with its suffixes."""
    rows = ["| kind | files |", "| --- | --- |"]
    for family, kin in FAMILIES.items():
        suffixes = [f"`{suffix}`" for each in kin for suffix in each.suffixes]
        files = " ".join(suffixes) if len(suffixes) <= MAX_SUFFIXES else f"{len(suffixes)} suffixes"
        rows.append(f"| {family} | {files} |")
    return "\n".join(rows)


def settings_table() -> str:
    """Return every setting with its default and its help."""
    rows = ["| variable | default | what it does |", "| --- | --- | --- |"]
    for field in fields(Settings):
        default = f"`{field.default}`" if str(field.default) else "none"
        rows.append(f"| `{PREFIX}{field.name.upper()}` | {default} | {field.metadata['help']} |")
    return "\n".join(rows)


def metrics_table() -> str:
    """Return every figure of an evaluation: its label, its name in the JSON, what it says."""
    rows = ["| figure | in JSON | what it says |", "| --- | --- | --- |"]
    rows += [f"| {one.label} | `{name}` | {one.meaning} |" for name, one in METRICS.items()]
    return "\n".join(rows)


def commands() -> str:
    """Return the help of the program and of each of its commands, as the terminal shows it."""
    names = list(getattr(get_command(cli), "commands", {}))
    pages = [_help(), *(_help(name) for name in names)]
    return "\n\n".join(f"```text\n{page}\n```" for page in pages)


def _help(*arguments: str) -> str:
    line = ["$ pagelight", *arguments, "--help"]
    terminal = {"COLUMNS": "90", "NO_COLOR": "1", "TERM": "dumb", "TERMINAL_WIDTH": "90"}
    result = CliRunner().invoke(
        cli, [*arguments, "--help"], env=terminal, prog_name="pagelight", catch_exceptions=False
    )
    lines = [text.rstrip() for text in result.output.strip().splitlines()]
    return "\n".join([" ".join(line), *lines])


def file_tree() -> str:
    """Return the rooms of the code, each with what it does, and the scripts beside them."""
    entries = [_entry(ROOT / "app.py", name="app.py")]
    for package in CODE:
        entries += _package(ROOT / package)
    entries += [f"{name + '/':<34}{text}" for name, text in BESIDE.items()]
    return "\n".join(["```text", *entries, "```"])


def _package(folder: Path) -> Iterator[str]:
    """Yield a package's rooms, or the scripts of a folder that is no package."""
    rooms = sorted(folder.rglob("__init__.py"), key=lambda path: path.parent.parts)
    for path in rooms:
        deep = len(path.parent.relative_to(folder).parts)
        yield _entry(path, name=f"{'  ' * deep}{path.parent.name}/")
    if not rooms:
        yield f"{folder.name}/"
        for path in sorted(folder.rglob("*.py")):
            yield _entry(path, name=f"  {path.relative_to(folder)}")


def _entry(path: Path, *, name: str) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return f"{name:<34}{_first_sentence(' '.join(docstring.split()))}"


def _first_sentence(docstring: str) -> str:
    sentence = re.split(r"(?<=\.)\s", docstring, maxsplit=1)[0].rstrip(".")
    if len(sentence) > LONGEST:
        sentence = re.split(r"[:;]\s", sentence, maxsplit=1)[0]
    return sentence


PARTS: Final[dict[str, Callable[[], str]]] = {
    "formats": formats_table,
    "settings": settings_table,
    "evaluation": metrics_table,
    "commands": commands,
    "files": file_tree,
}


def refreshed(name: str, text: str) -> str:
    """Return the page `text` with its generated part made anew. Raises ValueError without marks."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    if not after:
        raise ValueError(f"docs/reference/{name}.md lacks its marks: {begin} … {end}")
    return f"{before}{begin}\n\n{PARTS[name]()}\n\n{end}{after}"


def main(*, write: Annotated[bool, typer.Option("--write/--check")] = False) -> None:
    """Check that the generated parts of the reference are fresh, or write them."""
    stale: list[str] = []
    for name in PARTS:
        page = PAGES / f"{name}.md"
        old = page.read_text("utf-8")
        new = refreshed(name, old)
        if write:
            page.write_text(new, "utf-8")
        else:
            stale += difflib.unified_diff(old.splitlines(), new.splitlines(), page.name, "the code")
    if stale:
        sys.stderr.write("\n".join([*stale, "docs/reference is behind the code: make fix", ""]))
        raise SystemExit(1)


if __name__ == "__main__":
    typer.run(main)
