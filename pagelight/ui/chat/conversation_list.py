"""The list of conversations as HTML. Knows records; knows nothing of Gradio or HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from babel.dates import format_skeleton, format_time

from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import say, spoken
from rag.storage.conversations.conversations import ConversationRecord

_LOCALES: Final = {"en": "en_GB"}
"""Of languages whose dates and times have several forms: days before months, 24 hours."""


def list_html(
    records: Sequence[ConversationRecord], *, words: str, now: datetime, shown: int = 200
) -> str:
    """Return the list, latest first; `words` are those that were searched for."""
    if not records:
        none = say("No conversations yet.")
        what = say("No conversation has these words.") if words.strip() else none
        return f'<p class="remark">{what}</p>'
    rows = "".join(_row(record, now) for record in records[:shown])
    more = len(records) - shown
    rest = f'<p class="remark">{_older(more)}</p>' if more > 0 else ""
    return f'<ul class="talks">{rows}</ul>{rest}'


def _older(count: int) -> str:
    return say("and {n} older: search for them", n=f"{count:,}")


def _row(record: ConversationRecord, now: datetime) -> str:
    key, label = escaped(record.id), escaped(record.name)
    when = told_time(record.changed_s, now)
    return (
        f'<li class="talk-row"><button type="button" class="talk" data-talk="{key}" '
        f'title="{label}"><span class="talk-name">{name(record.name)}</span>'
        f'<span class="when">{when}</span></button>'
        f'<details class="talk-more"><summary aria-label="{say("More:")} {label}">⋯</summary>'
        f'<div class="talk-tools" data-of="{key}" data-name="{label}">'
        f'<button type="button" data-talk-do="rename">{say("Rename")}</button>'
        f'<button type="button" data-talk-do="share">{say("Share")}</button>'
        f'<a href="/conversations/{key}.zip" download>{say("Save as Markdown")}</a>'
        f'<a href="/conversations/{key}.json" download>{say("Save as JSON")}</a>'
        f'<button type="button" data-talk-do="delete">{say("Delete")}</button></div></details></li>'
    )


def told_time(changed_s: float, now: datetime) -> str:
    """Return the time of today, the day of this year, or the month of an earlier one."""
    zone: tzinfo | None = now.tzinfo
    then = datetime.fromtimestamp(changed_s, tz=zone)
    locale = _LOCALES.get(spoken(), spoken())
    if then.date() == now.date():
        return format_time(then, "short", locale=locale)
    skeleton = "MMMd" if then.year == now.year else "yMMM"
    return format_skeleton(skeleton, then, locale=locale)
