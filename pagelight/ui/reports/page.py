"""The answers that a person reported as wrong, as a list in HTML. Knows rows; nothing of HTTP."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from pagelight.services.jobs.reports import Row
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say, say_number

SHOWN: Final = 200
ANSWER_LETTERS: Final = 300
NONE: Final = key("None yet. The button is below each answer.")


def reports_html(rows: Sequence[Row], *, open_talks: Collection[str]) -> str:
    """Return the list, latest first; `open_talks` are the conversations that can be opened."""
    if not rows:
        return f'<p class="remark">{known(NONE)}</p>'
    older = say("and {n} older", n=say_number(len(rows) - SHOWN))
    shown = "".join(_row(row, open_talks) for row in rows[: -SHOWN - 1 : -1])
    rest = f'<p class="remark">{older}</p>' if len(rows) > SHOWN else ""
    return f"<ul>{shown}</ul>{rest}{_export() if _can_be_asked(rows) else ''}"


def good_html(rows: Sequence[Row], *, open_talks: Collection[str]) -> str:
    """Return the answers that were marked as good, latest first."""
    if not rows:
        return f'<p class="remark">{known(NONE)}</p>'
    return f"<ul>{''.join(_good_row(row, open_talks) for row in rows[: -SHOWN - 1 : -1])}</ul>"


def _good_row(row: Row, open_talks: Collection[str]) -> str:
    return (
        f"<li><details><summary>{_asked(row)}</summary>"
        f"<p>{escaped(_beginning(row))}</p>"
        f'<p class="report-tools">{_opener(row, open_talks)}{_strike(row)}</p></details></li>'
    )


def _asked(row: Row) -> str:
    return escaped(row["question"] or say("A picture"))


def _beginning(row: Row) -> str:
    return " ".join(row["answer"].replace("**", "").split())[:ANSWER_LETTERS]


def _strike(row: Row) -> str:
    label = say("Take back: {question}", question=_asked(row))
    return (
        f'<button type="button" data-report="{escaped(row["id"])}" aria-label="{label}">'
        f"{say('Take back')}</button>"
    )


def _can_be_asked(rows: Sequence[Row]) -> bool:
    return any(not row["about_a_part"] for row in rows)


def _export() -> str:
    told = say("Save as questions for {command}", command="pagelight eval")
    return f'<a href="/reports/export/questions.zip" download>{told}</a>'


def _row(row: Row, open_talks: Collection[str]) -> str:
    told = say(
        "{day}, reported as wrong: {answer}",
        day=row["reported"][:10],
        answer=escaped(_beginning(row)),
    )
    return (
        f"<li><details><summary>{_asked(row)}</summary><p>{told}</p>"
        f'<p>{_right(row)}</p><p class="report-tools">{_opener(row, open_talks)}'
        f"{_strike(row)}</p></details></li>"
    )


def _right(row: Row) -> str:
    if row["right"]:
        return say("Right: {answer}", answer=escaped(row["right"]))
    is_held = row["in_documents"] is not False
    return say("No right answer given.") if is_held else say("It is not in the documents.")


def _opener(row: Row, open_talks: Collection[str]) -> str:
    talk = row["conversation"]
    if talk not in open_talks:
        return f"<span>{say('Its conversation was deleted.')}</span>"
    return f'<button type="button" data-talk="{escaped(talk)}">{say("Open")}</button>'
