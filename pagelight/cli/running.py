"""How every command runs: errors as one sentence, settings and a session lent, JSON printed."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from rag.errors import PagelightError
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from pagelight.services.session.session import Session

USAGE_ERROR: Final = 2
SOME_FAILED: Final = 3
INTERRUPTED: Final = 130
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Escape and its kin (C0 and C1): they set titles and clipboards, and hide what stands there."""


@contextmanager
def speaking() -> Iterator[None]:
    """Show errors meant for a person as one sentence, with exit code 2."""
    try:
        yield
    except PagelightError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(USAGE_ERROR) from error
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def configured(workspace: Path | None, **options: object) -> Iterator[Settings]:
    """Lend the settings, under what the options of a command say; speaking."""
    with speaking():
        yield load_settings(os.environ, workspace=workspace, **options)


@contextmanager
def opened(workspace: Path | None) -> Iterator[Session]:
    """Lend the workspace of the option, or that of the settings; speaking."""
    with configured(workspace) as settings:
        from pagelight.services.session.session import open_session

        with open_session(settings) as session:
            yield session


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Print one line of JSON, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def show(result: Any, printer: Callable[[Any], None], *, as_json: bool) -> None:  # noqa: ANN401 - any JSON
    """Print a result for programs, or for a person."""
    (print_json if as_json else printer)(result)


def printable(text: str) -> str:
    """Return text that steers no terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def say(sentence: str) -> None:
    """Tell a person something beside the result; nothing where there is nothing to tell."""
    if sentence:
        sys.stderr.write(f"{sentence}\n")


Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="Folder that holds the index. [default: .pagelight]"),
]
Image = Annotated[
    Path | None, typer.Option("--image", help="A picture that goes with the question.")
]
Attach = Annotated[
    list[Path] | None,
    typer.Option("--attach", metavar="FILE", help="A file to ask about; again for more."),
]
Within = Annotated[
    str,
    typer.Option(
        "--in", metavar="GLOB", help="Search only documents whose path fits, as 'reports/*'."
    ),
]
Since = Annotated[
    str, typer.Option("--since", metavar="DAY", help="Only documents of this day or later.")
]
Until = Annotated[
    str, typer.Option("--until", metavar="DAY", help="Only of this day or earlier: 2024-06-30.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        help='JSON lines {"id", "question", "history"?, "attachments"?}: an answer a line.',
    ),
]
