"""What a person can choose to search, as HTML: folders, types, documents.

Knows records; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import say, say_number
from pagelight.ui.scope.scope import IN, TYPE, words_of
from rag.storage.documents.records import DocumentRecord

MOST_DOCUMENTS: Final = 50


def choices_html(records: Sequence[DocumentRecord], *, words: str, chosen: Collection[str]) -> str:
    """Return top-level folders, types and documents that have all `words`, to be ticked."""
    ready = [record for record in records if record.state == "ready"]
    wanted = words.casefold().split()
    folders = Counter(folder for r in ready for folder in {_top(s) for s in r.sources} if folder)
    types = Counter(record.media_type for record in ready)
    sources = sorted(source for record in ready for source in record.sources)
    fitting = [source for source in sources if _fits(source, wanted)]
    parts = [
        _group(
            say("Collections"),
            [(IN + f, f"{n:,}") for f, n in sorted(folders.items())],
            wanted,
            chosen,
        ),
        _group(
            say("Types"), [(TYPE + t, f"{n:,}") for t, n in sorted(types.items())], wanted, chosen
        ),
        _group(say("Documents"), [(IN + s, "") for s in fitting[:MOST_DOCUMENTS]], wanted, chosen),
    ]
    rest = len(fitting) - MOST_DOCUMENTS
    told = say("{n} more: type a part of the name", n=say_number(rest))
    more = f'<p class="remark">{told}</p>' if rest > 0 else ""
    return "".join(parts) + more or f'<p class="remark">{say("Nothing has this name.")}</p>'


def _top(source: str) -> str:
    first, slash, _ = source.partition("/")
    return first + slash if slash else ""


def _fits(text: str, wanted: Iterable[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted)


def _group(
    title: str, rows: Sequence[tuple[str, str]], wanted: Sequence[str], chosen: Collection[str]
) -> str:
    shown = "".join(
        f'<label><input type="checkbox" value="{escaped(entry)}"'
        f'{" checked" if entry in chosen else ""} data-words="{escaped(words_of(entry))}">'
        f'{name(words_of(entry))}<span class="count">{count}</span></label>'
        for entry, count in rows
        if _fits(words_of(entry), wanted)
    )
    return f"<fieldset><legend>{title}</legend>{shown}</fieldset>" if shown else ""
