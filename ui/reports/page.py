"""The answers that a person reported as wrong, as a list in HTML. Knows rows; nothing of HTTP."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from service.work.reports import Row
from ui.html.escape import escaped

SHOWN: Final = 200
ANSWER_LETTERS: Final = 300


def reports_html(rows: Sequence[Row], *, open_talks: Collection[str]) -> str:
    """Return the list, latest first; `open_talks` are the conversations that can be opened."""
    if not rows:
        return '<p class="remark">None yet. The button is below each answer.</p>'
    shown = "".join(_row(row, open_talks) for row in rows[: -SHOWN - 1 : -1])
    rest = f'<p class="remark">and {len(rows) - SHOWN:,} older</p>' if len(rows) > SHOWN else ""
    return f"<ul>{shown}</ul>{rest}{_export() if _can_be_asked(rows) else ''}"


def good_html(rows: Sequence[Row], *, open_talks: Collection[str]) -> str:
    """Return the answers that were marked as good, latest first."""
    if not rows:
        return '<p class="remark">None yet. The button is below each answer.</p>'
    return f"<ul>{''.join(_good_row(row, open_talks) for row in rows[: -SHOWN - 1 : -1])}</ul>"


def _good_row(row: Row, open_talks: Collection[str]) -> str:
    return (
        f"<li><details><summary>{escaped(row['question'] or 'A picture')}</summary>"
        f"<p>{escaped(_beginning(row))}</p>"
        f'<p class="report-tools">{_opener(row, open_talks)}{_strike(row)}</p></details></li>'
    )


def _beginning(row: Row) -> str:
    return " ".join(row["answer"].replace("**", "").split())[:ANSWER_LETTERS]


def _strike(row: Row) -> str:
    label = f"Take back: {escaped(row['question'] or 'A picture')}"
    return (
        f'<button type="button" data-report="{escaped(row["id"])}" aria-label="{label}">'
        "Take back</button>"
    )


def _can_be_asked(rows: Sequence[Row]) -> bool:
    return any(not row["about_a_part"] for row in rows)


def _export() -> str:
    return (
        '<a href="/reports/export/questions.zip" download>Save as questions for pagelight eval</a>'
    )


def _row(row: Row, open_talks: Collection[str]) -> str:
    asked = escaped(row["question"] or "A picture")
    return (
        f"<li><details><summary>{asked}</summary>"
        f"<p>{row['reported'][:10]}, reported as wrong: {escaped(_beginning(row))}</p>"
        f'<p>{_right(row)}</p><p class="report-tools">{_opener(row, open_talks)}'
        f"{_strike(row)}</p></details></li>"
    )


def _right(row: Row) -> str:
    if row["right"]:
        return f"Right: {escaped(row['right'])}"
    return (
        "It is not in the documents." if row["in_documents"] is False else "No right answer given."
    )


def _opener(row: Row, open_talks: Collection[str]) -> str:
    talk = row["conversation"]
    if talk not in open_talks:
        return "<span>Its conversation was deleted.</span>"
    return f'<button type="button" data-talk="{escaped(talk)}">Open</button>'
