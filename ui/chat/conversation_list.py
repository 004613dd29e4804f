"""The list of conversations as HTML. Knows records; knows nothing of Gradio or HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from rag.index.conversations.conversations import ConversationRecord
from ui.html.escape import escaped, name


def list_html(
    records: Sequence[ConversationRecord], *, words: str, now: datetime, shown: int = 200
) -> str:
    """Return the list, latest first; `words` are those that were searched for."""
    if not records:
        what = "No conversation has these words." if words.strip() else "No conversations yet."
        return f'<p class="remark">{what}</p>'
    rows = "".join(_row(record, now) for record in records[:shown])
    more = len(records) - shown
    rest = f'<p class="remark">and {more:,} older: search for them</p>' if more > 0 else ""
    return f'<ul class="talks">{rows}</ul>{rest}'


def _row(record: ConversationRecord, now: datetime) -> str:
    key, label = escaped(record.id), escaped(record.name)
    when = told_time(record.changed_s, now)
    return (
        f'<li class="talk-row"><button type="button" class="talk" data-talk="{key}" '
        f'title="{label}"><span class="talk-name">{name(record.name)}</span>'
        f'<span class="when">{when}</span></button>'
        f'<details class="talk-more"><summary aria-label="More: {label}">⋯</summary>'
        f'<div class="talk-tools" data-of="{key}" data-name="{label}">'
        '<button type="button" data-talk-do="rename">Rename</button>'
        '<button type="button" data-talk-do="share">Share</button>'
        f'<a href="/conversations/{key}.zip" download>Save as Markdown</a>'
        f'<a href="/conversations/{key}.json" download>Save as JSON</a>'
        '<button type="button" data-talk-do="delete">Delete</button></div></details></li>'
    )


def told_time(changed_s: float, now: datetime) -> str:
    """Return the time of today, the day of this year, or the month of an earlier one."""
    zone: tzinfo | None = now.tzinfo
    then = datetime.fromtimestamp(changed_s, tz=zone)
    if then.date() == now.date():
        return f"{then:%H:%M}"
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then:%b %Y}"
