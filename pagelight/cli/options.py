"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
