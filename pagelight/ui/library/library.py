"""The list of documents as HTML: state, reason, pages, warnings, and what can be done with each.

Filtered here, and shown a part at a time, so that a thousand documents cost no more than a
hundred. Knows records; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Final, Literal

from babel.dates import format_date
from markupsafe import Markup

from ingest.transcription.hearing import is_hearing, is_note
from pagelight.services.rendering.page_pictures import is_drawn
from pagelight.ui.html.language import key, known, say_count, spoken
from pagelight.ui.html.sentences import translated
from pagelight.ui.library.library_files import DEMO_FOLDER
from pagelight.ui.scope.scope import filters_of, type_name
from pagelight.ui.templating import render
from rag.datamodel import composed
from rag.storage.documents.records import DocumentRecord
from rag.understanding.wishes.summary_wish import LENGTHS, summary_request

State = Literal["ready", "heard", "partly", "waiting", "failed", "out"]

STEP: Final = 100
"""Documents that are shown at first; "Show more" shows twice as many more."""

STATES: Final[dict[State, str]] = {
    "ready": key("Ready"),
    "heard": key("Heard by a machine"),
    "partly": key("Partly read"),
    "waiting": key("Pictures still to be read"),
    "failed": key("Could not be read"),
    "out": key("Left out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    record: DocumentRecord
    state: State

    @property
    def state_text(self) -> str:
        return known(STATES[self.state])

    @property
    def pages(self) -> str:
        return say_count(self.record.page_count, "{n} page", "{n} pages")

    @property
    def is_drawn(self) -> bool:
        return bool(self.record.id) and is_drawn(self.record.media_type)

    @property
    def suffix(self) -> str:
        """What stands in place of a picture of the file: the end of its name."""
        return PurePosixPath(self.record.sources[0]).suffix[1:5].upper()

    @property
    def notes(self) -> tuple[str, ...]:
        """Kind, pages and, where not all is well, state: what is told of each at first sight."""
        record = self.record
        kind = type_name(record.media_type) if record.id else ""
        pages = self.pages if record.page_count > 1 else ""
        state = "" if self.state == "ready" else self.state_text
        return tuple(filter(None, (kind, pages, state)))

    @property
    def facts(self) -> str:
        """State, kind, pages, passages, day and language: what is known of them."""
        return " · ".join(self._facts())

    def _facts(self) -> Iterator[str]:
        record = self.record
        yield self.state_text
        if record.id:
            yield type_name(record.media_type)
        if record.page_count:
            yield self.pages
        if record.id:
            yield say_count(record.chunk_count, "{n} passage", "{n} passages")
        if record.day:
            yield format_date(date.fromisoformat(record.day), locale=spoken())
        if record.language:
            yield record.language


def rows_of(records: Sequence[DocumentRecord], left_out: Collection[str]) -> list[LibraryRow]:
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
    if not all(map(is_note, record.warnings)):
        return "partly"
    return "heard" if any(map(is_hearing, record.warnings)) else "ready"


def library_html(
    rows: Sequence[LibraryRow],
    *,
    words: str = "",
    state: str = "",
    shown: int = 0,
    steered: bool = True,
) -> Markup:
    """Return the rows that have all `words` and the state (both "": all), at most `shown`.

    `steered`: with what takes documents out of the index, and has them read again.
    """
    asked = composed(words).casefold().split()
    found = [row for row in rows if _fits(row, asked, state)]
    shown = max(shown, STEP)
    return render(
        "library/list.html",
        rows=found[:shown],
        count=len(found),
        shown=shown,
        more=shown + 2 * STEP,
        is_filtered=bool(words or state),
        is_empty=not rows,
        has_demo=any(row.record.sources[0].startswith(f"{DEMO_FOLDER}/") for row in rows),
        steered=steered,
        lengths=LENGTHS,
        summary_request=summary_request,
    )


def arrived_json(
    records: Sequence[DocumentRecord], sources: Collection[str], entries: Sequence[str] = ()
) -> dict[str, object]:
    """Return which of these files can be asked about, and for those that can't the reason.

    Those of them that are `outside` are not searched by what is chosen: by `entries` of a scope.
    """
    wanted = frozenset(sources)
    found = [(source, r) for r in records for source in r.sources if source in wanted]
    failed = [
        {"source": source, "reason": translated(record.reason)}
        for source, record in found
        if record.state == "failed"
    ]
    ready = {source: record for source, record in found if record.state != "failed"}
    admits = filters_of(entries).admit
    outside = [
        source
        for source, record in ready.items()
        if not admits(source=source, media_type=record.media_type, day=record.day)
    ]
    return {"ready": list(ready), "failed": failed, "outside": outside}


def _fits(row: LibraryRow, words: Sequence[str], state: str) -> bool:
    if state and row.state != state:
        return False
    if not words:
        return True
    record = row.record
    text = " ".join((*record.sources, record.title, type_name(record.media_type)))
    text = composed(text).casefold()
    return all(word in text for word in words)
