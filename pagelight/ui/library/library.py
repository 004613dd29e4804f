"""The list of documents as HTML: state, reason, pages, warnings, and what can be done with each.

Filtered here, and shown a part at a time, so that a thousand documents cost no more than a
hundred. Knows records; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from babel.dates import format_date

from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say, say_count, spoken
from pagelight.ui.html.sentences import translated
from pagelight.ui.scope.scope import type_name
from rag.answer.wishes.summary_wish import LENGTHS, summary_request
from rag.datamodel import composed
from rag.storage.documents.records import DocumentRecord

State = Literal["ready", "partly", "waiting", "failed", "out"]

STEP: Final = 100
"""Documents that are shown at first, and with each "Show more"."""

STATES: Final[dict[State, str]] = {
    "ready": key("Ready"),
    "partly": key("Partly read"),
    "waiting": key("Lettering to come"),
    "failed": key("Could not be read"),
    "out": key("Left out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    """A document, a file that failed, or one that was left out."""

    record: DocumentRecord
    state: State


def rows_of(records: Sequence[DocumentRecord], left_out: Collection[str]) -> list[LibraryRow]:
    """Return a row for each document and file, by source."""
    rows = [LibraryRow(record=record, state=_state(record)) for record in records]
    known = {source for record in records for source in record.sources} if left_out else ()
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
    asked = composed(words).casefold().split()
    found = [row for row in rows if _fits(row, asked, state)]
    if not found:
        return f'<p class="remark">{say("No document fits this.")}</p>' if rows else ""
    shown = max(shown, STEP)
    html = "".join(_row_html(row, steered=steered) for row in found[:shown])
    rest = len(found) - shown
    more = (
        f'<p class="remark">{say_count(rest, "{n} more", "{n} more")} <button type="button" '
        f'class="action" data-show="{shown + 2 * STEP}">{say("Show more")}</button></p>'
        if rest > 0
        else ""
    )
    count = f'<p class="remark" role="status">{say_count(len(found), "{n} file", "{n} files")}</p>'
    return f'{count if words or state else ""}<ul class="documents">{html}</ul>{more}'


def arrived_json(records: Sequence[DocumentRecord], sources: Collection[str]) -> dict[str, object]:
    """Return how many of these files can be asked about, and for those that can't the reason."""
    wanted = frozenset(sources)
    found = [(source, r) for r in records for source in r.sources if source in wanted]
    failed = [
        {"source": source, "reason": translated(record.reason)}
        for source, record in found
        if record.state == "failed"
    ]
    return {"ready": len(found) - len(failed), "failed": failed}


def _fits(row: LibraryRow, words: Sequence[str], state: str) -> bool:
    if state and row.state != state:
        return False
    if not words:
        return True
    record = row.record
    text = " ".join((*record.sources, record.title, type_name(record.media_type)))
    text = composed(text).casefold()
    return all(word in text for word in words)


def _row_html(row: LibraryRow, *, steered: bool) -> str:
    record = row.record
    source = escaped(record.sources[0])
    facts = "".join(_facts(row)) + (
        "".join(_changes(row)) if steered else f"<p>{known(NOT_STEERED)}</p>"
    )
    label = f'<span class="file">{name(record.sources[0])}</span>'
    head = (
        f'<button type="button" class="document" data-doc="{escaped(record.id)}" data-page="1">'
        f"{label}{_notes(row)}</button>"
        if record.id
        else f'<span class="document {row.state}">{label}{_notes(row)}</span>'
    )
    return (
        f'<li class="doc-row">{head}<details class="doc-more">'
        f'<summary aria-label="{say("More:")} {source}">'
        f'⋯</summary><div class="doc-facts" data-source="{source}">{facts}</div>'
        "</details></li>"
    )


def _notes(row: LibraryRow) -> str:
    told = [_pages(row)] if row.record.page_count > 1 else []
    if row.state != "ready":
        told.append(known(STATES[row.state]).lower())
    return f'<span class="notes">{" · ".join(told)}</span>'


def _facts(row: LibraryRow) -> Iterator[str]:
    record = row.record
    counts = [known(STATES[row.state])]
    if record.id:
        counts += [
            type_name(record.media_type),
            say_count(record.chunk_count, "{n} passage", "{n} passages"),
        ]
    if record.page_count:
        counts.insert(2, _pages(row))
    if record.day:
        counts.append(format_date(date.fromisoformat(record.day), locale=spoken()))
    if record.language:
        counts.append(record.language)
    yield f"<p>{escaped(' · '.join(counts))}</p>"
    if record.title:
        yield f"<p>{escaped(record.title)}</p>"
    if record.reason:
        yield f'<p class="bad">{escaped(translated(record.reason))}</p>'
    yield from (f'<p class="bad">{escaped(translated(warning))}</p>' for warning in record.warnings)
    if len(record.sources) > 1:
        yield f"<p>{say('The same content:')} {', '.join(map(name, record.sources[1:]))}</p>"
    if record.chunk_count:
        yield _summaries(record.sources[0])


NOT_STEERED: Final = key("To have it read again, or removed, ask who administers Pagelight here.")


def _changes(row: LibraryRow) -> Iterator[str]:
    again = say("Read again")
    yield f'<p><button type="button" class="action" data-library="again">{again}</button>'
    if row.state != "out":
        yield (
            '<button type="button" class="action" data-library="remove">'
            f"{say('Remove from the index')}</button></p>"
            f"<p>{say('Removing leaves the file in its folder.')}</p>"
        )
    else:
        yield "</p>"


def _summaries(source: str) -> str:
    """Return the buttons that ask for a summary of one document."""
    buttons = "".join(
        f'<button type="button" class="action" data-summary="{escaped(asked)}">'
        f"{known(length.capitalize())}</button>"
        for length in LENGTHS
        for asked in [summary_request(length, named=source)]
    )
    told = say("Summarise")
    return f'<p role="group" aria-label="{told}"><span>{told}: </span>{buttons}</p>'


def _pages(row: LibraryRow) -> str:
    return say_count(row.record.page_count, "{n} page", "{n} pages")
