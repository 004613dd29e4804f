"""The list of documents as HTML: state, reason, pages, warnings, and what can be done with each.

Filtered here, and shown a part at a time, so that a thousand documents cost no more than a
hundred. Knows records; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rag.answer.question.summary_wish import LENGTHS, summary_request
from rag.index.rows.records import DocumentRecord
from ui.html.escape import escaped, name
from ui.scope.scope import type_name

State = Literal["ready", "partly", "waiting", "failed", "out"]

STEP: Final = 100
"""Documents that are shown at first, and with each "Show more"."""

STATES: Final[dict[State, str]] = {
    "ready": "Ready",
    "partly": "Partly read",
    "waiting": "Lettering to come",
    "failed": "Could not be read",
    "out": "Left out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    """A document, a file that failed, or one that was left out."""

    record: DocumentRecord
    state: State


def rows_of(records: Sequence[DocumentRecord], left_out: Collection[str]) -> list[LibraryRow]:
    """Return a row for each document and file, by source."""
    rows = [LibraryRow(record=record, state=_state(record)) for record in records]
    known = {source for record in records for source in record.sources}
    out = (DocumentRecord(id="", sources=(source,)) for source in left_out if source not in known)
    rows += [LibraryRow(record=record, state="out") for record in out]
    return sorted(rows, key=lambda row: row.record.sources)


def _state(record: DocumentRecord) -> State:
    if record.state == "failed":
        return "failed"
    if record.pending:
        return "waiting"
    return "partly" if record.warnings else "ready"


def library_html(
    rows: Sequence[LibraryRow],
    *,
    words: str = "",
    state: str = "",
    shown: int = 0,
    steered: bool = True,
) -> str:
    """Return the rows that have all `words` and the state (both "": all), at most `shown`.

    `steered`: with what takes documents out of the index, and has them read again.
    """
    found = [row for row in rows if _fits(row, words.casefold().split(), state)]
    if not found:
        return '<p class="remark">No document fits this.</p>' if rows else ""
    shown = max(shown, STEP)
    html = "".join(_row_html(row, steered=steered) for row in found[:shown])
    rest = len(found) - shown
    more = (
        f'<p class="remark">{rest:,} more <button type="button" class="action" '
        f'data-show="{shown + 2 * STEP}">Show more</button></p>'
        if rest > 0
        else ""
    )
    count = f'<p class="remark" role="status">{_count(len(found), "file")}</p>'
    return f'{count if words or state else ""}<ul class="documents">{html}</ul>{more}'


def arrived_json(records: Sequence[DocumentRecord], sources: Collection[str]) -> dict[str, object]:
    """Return how many of these files can be asked about, and for those that can't the reason."""
    wanted = frozenset(sources)
    found = [(source, r) for r in records for source in r.sources if source in wanted]
    failed = [
        {"source": source, "reason": record.reason}
        for source, record in found
        if record.state == "failed"
    ]
    return {"ready": len(found) - len(failed), "failed": failed}


def _fits(row: LibraryRow, words: Sequence[str], state: str) -> bool:
    if state and row.state != state:
        return False
    record = row.record
    text = " ".join((*record.sources, record.title, type_name(record.media_type))).casefold()
    return all(word in text for word in words)


def _row_html(row: LibraryRow, *, steered: bool) -> str:
    record = row.record
    source = escaped(record.sources[0])
    facts = "".join(_facts(row)) + ("".join(_changes(row)) if steered else "")
    label = f'<span class="file">{name(record.sources[0])}</span>'
    head = (
        f'<button type="button" class="document" data-doc="{escaped(record.id)}" data-page="1">'
        f"{label}{_notes(row)}</button>"
        if record.id
        else f'<span class="document {row.state}">{label}{_notes(row)}</span>'
    )
    return (
        f'<li class="doc-row">{head}<details class="doc-more"><summary aria-label="More: {source}">'
        f'⋯</summary><div class="doc-facts" data-source="{source}">{facts}</div>'
        "</details></li>"
    )


def _notes(row: LibraryRow) -> str:
    told = [_count(row.record.page_count, "page")] if row.record.page_count > 1 else []
    if row.state != "ready":
        told.append(STATES[row.state].lower())
    return f'<span class="notes">{" · ".join(told)}</span>'


def _facts(row: LibraryRow) -> Iterator[str]:
    record = row.record
    counts = [STATES[row.state]]
    if record.id:
        counts += [type_name(record.media_type), _count(record.chunk_count, "passage")]
    if record.page_count:
        counts.insert(2, _count(record.page_count, "page"))
    if record.day:
        counts.append(record.day)
    if record.language:
        counts.append(record.language)
    yield f"<p>{escaped(' · '.join(counts))}</p>"
    if record.title:
        yield f"<p>{escaped(record.title)}</p>"
    if record.reason:
        yield f'<p class="bad">{escaped(record.reason)}</p>'
    yield from (f'<p class="bad">{escaped(warning)}</p>' for warning in record.warnings)
    if len(record.sources) > 1:
        yield f"<p>The same content: {', '.join(name(s) for s in record.sources[1:])}</p>"
    if record.chunk_count:
        yield _summaries(record.sources[0])


def _changes(row: LibraryRow) -> Iterator[str]:
    yield '<p><button type="button" class="action" data-library="again">Read again</button>'
    if row.state != "out":
        yield (
            '<button type="button" class="action" data-library="remove">Remove from the index'
            "</button></p><p>Removing leaves the file in its folder.</p>"
        )
    else:
        yield "</p>"


def _summaries(source: str) -> str:
    """Return the buttons that ask for a summary of one document."""
    buttons = "".join(
        f'<button type="button" class="action" data-summary="{escaped(asked)}">'
        f"{length.capitalize()}</button>"
        for length in LENGTHS
        for asked in [summary_request(length, named=source)]
    )
    return f'<p role="group" aria-label="Summarise"><span>Summarise: </span>{buttons}</p>'


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
