"""Single questions in a report: the wrong answers with their pages, and all in a list.

Each function returns a section of the page. Knows records; draws no picture and no plot.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.html.album import Album
from rag.evaluation.html.parts import Column, section, table, text
from rag.evaluation.html.wrong import wrong_card
from rag.evaluation.records.report import EvaluationReport, QuestionRecord


def wrong_answers(records: Sequence[QuestionRecord], album: Album) -> str:
    """Return a card for each wrong answer; "" where there is none."""
    wrong = [record for record in records if record.right is False]
    if not wrong:
        return ""
    cards = "".join(wrong_card(record, album) for record in wrong)
    full = (
        '<p class="remark">Pictures end where they would make this file too large.</p>'
        if album.is_full
        else ""
    )
    return section(
        f"{len(wrong)} wrong of {sum(r.right is not None for r in records)}",
        f'{full}<div id="filter"></div>{cards}',
        anchor="wrong",
        lead="Green frames mark where the answer stands, amber what the answer cites, blue what"
        " was found. Accepted answers are marked in the words.",
    )


def all_questions(records: Sequence[QuestionRecord]) -> str:
    """Return a table of every question and how it went, folded away."""
    columns = [
        Column(title="Id"),
        Column(title="Question"),
        Column(title="Kind"),
        Column(title="Result"),
        Column(title="Confidence", number=True),
    ]
    rows = [
        (
            text(record.id),
            text(record.question),
            text(record.modality or ""),
            _result(record),
            f"{record.confidence:.2f}",
        )
        for record in records
    ]
    listed = table(columns, rows, kind="questions") if rows else ""
    folded = f"<details><summary>Show {len(rows):,}</summary>{listed}</details>" if rows else ""
    return section("All questions", folded, anchor="questions")


def _result(record: QuestionRecord) -> str:
    if record.right is None:
        return '<span class="verdict unclear">not judged</span>'
    kind, said = ("better", "right") if record.right else ("worse", "wrong")
    return f'<span class="verdict {kind}">{said}</span>'


def malformed_lines(report: EvaluationReport) -> str:
    """Return the lines of the file of questions that could not be asked, and why."""
    items = "".join(f"<li>Line {e.line}: {text(e.reason)}</li>" for e in report.errors)
    count = len(report.errors)
    noun = "line was" if count == 1 else "lines were"
    listed = f"<ul>{items}</ul>" if items else ""
    return section(f"{count} {noun} not asked", listed, anchor="malformed")
