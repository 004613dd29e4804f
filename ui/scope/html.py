"""What a person can choose to search, as HTML: folders, types, documents, names after an @.

Knows records; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from rag.index.rows.records import DocumentRecord
from ui.html.escape import escaped, name
from ui.scope.scope import IN, TYPE, words_of

MOST_DOCUMENTS: Final = 50
MOST_NAMES: Final = 8


def choices_html(records: Sequence[DocumentRecord], *, words: str, chosen: Collection[str]) -> str:
    """Return top-level folders, types and documents that have all `words`, to be ticked."""
    ready = [record for record in records if record.state == "ready"]
    wanted = words.casefold().split()
    folders = Counter(folder for r in ready for folder in {_top(s) for s in r.sources} if folder)
    types = Counter(record.media_type for record in ready)
    sources = sorted(source for record in ready for source in record.sources)
    fitting = [source for source in sources if _fits(source, wanted)]
    parts = [
        _group("Folders", [(IN + f, f"{n:,}") for f, n in sorted(folders.items())], wanted, chosen),
        _group("Types", [(TYPE + t, f"{n:,}") for t, n in sorted(types.items())], wanted, chosen),
        _group("Documents", [(IN + s, "") for s in fitting[:MOST_DOCUMENTS]], wanted, chosen),
    ]
    rest = len(fitting) - MOST_DOCUMENTS
    more = f'<p class="remark">{rest:,} more: type a part of the name</p>' if rest > 0 else ""
    return "".join(parts) + more or '<p class="remark">Nothing has this name.</p>'


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


def names_html(records: Sequence[DocumentRecord], *, words: str) -> str:
    """Return the files and folders that an @ may stand for, those that begin with `words` first."""
    wanted = words.casefold()
    sources = [source for record in records if record.id for source in record.sources]
    same_name = Counter(PurePosixPath(source).name.casefold() for source in sources)
    folders = {f"{f}/" for source in sources for f in PurePosixPath(source).parents[:-1]}
    fitting = [text for text in (*sources, *folders) if wanted in text.casefold()]
    fitting.sort(key=lambda text: (not _begins(text, wanted), text.casefold()))
    return "".join(
        _name_html(source, position, is_alone=same_name[PurePosixPath(source).name.casefold()] == 1)
        for position, source in enumerate(fitting[:MOST_NAMES])
    )


def _begins(source: str, wanted: str) -> bool:
    last = PurePosixPath(source).name
    return last.casefold().startswith(wanted) or source.casefold().startswith(wanted)


def _name_html(source: str, position: int, *, is_alone: bool) -> str:
    path = PurePosixPath(source)
    mark = path.name if is_alone and not source.endswith("/") else source
    quoted = f'@"{mark}"' if " " in mark else f"@{mark}"
    folder = "" if source.endswith("/") else str(path.parent).removeprefix(".")
    shown = source if source.endswith("/") else path.name
    return (
        f'<li role="option" id="at-{position}" aria-selected="false" data-at="{escaped(quoted)}">'
        f'{name(shown)}<span class="count">{name(folder) if folder else ""}</span></li>'
    )
