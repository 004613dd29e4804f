"""Reported answers as JSON for people and programs, and as questions that `pagelight eval` reads.

Knows the shapes; knows nothing of HTTP or how they are shown.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pagelight.services.answering.messages import messages_of
from pagelight.services.answering.protocols import Library
from rag.errors import PagelightError
from rag.storage.conversations.reports import ReportedAnswer

Row = Mapping[str, Any]
"""One report, in the shape of `pagelight reports --json`."""


def reports_json(library: Library) -> list[dict[str, Any]]:
    """Return what all persons reported as wrong, oldest first."""
    return [_row(report, library) for report in library.reports.all()]


def _row(report: ReportedAnswer, library: Library) -> dict[str, Any]:
    picture = library.assets.find(report.picture) if report.picture else None
    return {
        "id": report.id,
        "reported": datetime.fromtimestamp(report.reported_s, UTC).isoformat(timespec="seconds"),
        "question": report.question,
        "answer": report.answer,
        "answered": report.answered,
        "right": report.right,
        "in_documents": False if report.absent else True if report.right else None,
        "history": messages_of(report.history),
        "searched_in": list(report.scope),
        "picture": str(picture[0].resolve()) if picture else None,
        "about_a_part": bool(report.region),
        "conversation": report.conversation_id,
        "citations": list(report.cited),
    }


def write_questions(rows: Sequence[Row], path: Path) -> tuple[int, int]:
    """Write the reports as questions for `pagelight eval`; return how many, and how many not.

    Pictures are copied into a folder beside the file. A question about a part of a page is left
    out: an evaluation can't ask it. Raises PagelightError where there is nothing to write, or
    the file can't be written.
    """
    asked = [row for row in rows if not row["about_a_part"]]
    if not asked:
        raise PagelightError(
            "No answer was reported that an evaluation can ask for.",
            hint="Report one in the chat: the button is below each answer.",
        )
    try:
        lines = [json.dumps(_question(row, path), ensure_ascii=False) for row in asked]
        path.write_text("\n".join([*lines, ""]), encoding="utf-8", errors="replace")
    except OSError as error:
        raise PagelightError(f"{path} can't be written: {error.strerror or error}.") from error
    return len(asked), len(rows) - len(asked)


def _question(row: Row, path: Path) -> dict[str, Any]:
    """Return a line of the file: what an evaluation reads, then what a person may want to know."""
    known = {} if row["in_documents"] is None else {"answerable": row["in_documents"]}
    return {
        "id": row["id"],
        "question": row["question"],
        "answers": [row["right"]] if row["right"] else [],
        "match": "any",
        **known,
        "history": row["history"],
        **({"image": _copied(row, path)} if row["picture"] else {}),
        "origin": f"reported {row['reported']}",
        "wrong": row["answer"],
        "searched_in": row["searched_in"],
    }


def _copied(row: Row, path: Path) -> str:
    picture = Path(row["picture"])
    folder = path.with_name(f"{path.stem}-pictures")
    folder.mkdir(exist_ok=True)
    shutil.copyfile(picture, folder / picture.name)
    return f"{folder.name}/{picture.name}"
