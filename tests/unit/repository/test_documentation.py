"""The documentation is true: what it names exists; `make check` looks at its generated parts."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

from app import cli
from rag.settings import PREFIX, Settings

ROOT = Path(__file__).parents[3]
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = {path.relative_to(ROOT).as_posix(): path for path in [*TOP, *(ROOT / "docs").rglob("*.md")]}
FOLDERS = r"(?:app|benchmarks|demo|docs|ingest|pagelight|prompts|rag|scripts|tests|training)"
every_page = pytest.mark.parametrize("page", PAGES)


def _text(page: str) -> str:
    return PAGES[page].read_text("utf-8")


def _anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _leads(page: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    return target.exists() and (not anchor or anchor in _anchors(target))


@every_page
def test_every_local_link_leads_to_a_file_and_a_heading_of_it(page):
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", _text(page))

    assert [link for link in links if not _leads(PAGES[page], link)] == []


@every_page
def test_every_path_of_the_repository_that_is_named_exists(page):
    named = re.findall(rf"`({FOLDERS}/[\w./-]*)`", _text(page))

    assert [path for path in named if not (ROOT / path).exists()] == []


@every_page
def test_every_make_command_is_a_target(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z0-9-]+):", makefile, flags=re.MULTILINE)
    named = re.findall(r"^make ([a-z0-9-]+)|`make ([a-z0-9-]+)", _text(page), flags=re.MULTILINE)

    assert {one or other for one, other in named} <= {*targets}


@every_page
def test_every_variable_that_is_named_is_a_setting(page):
    known = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}

    assert set(re.findall(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]", _text(page))) <= known


@every_page
def test_every_command_and_option_in_its_examples_is_one_of_the_program(page):
    commands = getattr(get_command(cli), "commands", {})
    fences = re.findall(r"```sh\n(.*?)```", _text(page), flags=re.DOTALL)
    lines = "\n".join(fences).replace("\\\n", " ").splitlines()
    inline = re.findall(r"`((?:RAG_\S+ )*pagelight [^`]+)`", _text(page))
    for line in [*lines, *inline]:
        told = re.search(r"\bpagelight ([a-z]+)([^#|&;]*)", line)
        if not told or "docker build" in line or "docker run" in line:
            continue
        assert told[1] in commands, line
        options = {one for each in commands[told[1]].params for one in each.opts}
        assert {*re.findall(r"(?<=\s)--?[a-z][a-z-]*", told[2])} <= options, line


def test_every_page_is_linked_from_the_readme():
    readme = _text("README.md")

    assert [page for page in PAGES if page.startswith("docs/") and f"({page})" not in readme] == []


def test_make_run_fetches_the_models_that_are_asked_for_before_the_chat():
    def commands(*named):
        shown = subprocess.run(
            ["make", "--dry-run", "run", *named],  # noqa: S607 - the make of this machine
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return re.findall(r"pagelight (models fetch \S+|chat)", shown)

    assert commands("MODEL=local") == ["models fetch local", "chat"]
    assert commands() == ["chat"]
