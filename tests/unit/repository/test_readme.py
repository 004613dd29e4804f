"""The README is true: its commands and links exist; `make check` looks at its generated parts."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_command_is_a_target(text):
    named = set(re.findall(r"^make ([a-z0-9-]+)", text, flags=re.MULTILINE))

    assert named
    assert named <= _targets()


def test_every_local_link_leads_to_a_file():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []


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
