"""What is searched: documents, folders and types that a person chose, or named with @.

An entry is `in:SOURCE`, `in:FOLDER/`, `type:MEDIA`, or `date:FIRST..LAST` of days (ISO), either of
which may be left out. Turns entries into filters and into words, and offers what can be chosen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Final

from fastapi import APIRouter, Body
from fastapi.responses import Response

from ingest.discovery.formats import BY_MEDIA_TYPE, FORMATS
from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.asking import Library
from pagelight.ui.language import say
from pagelight.ui.templating import render
from rag.datamodel import Filters, composed
from rag.storage.documents.records import DocumentRecord

IN: Final = "in:"
TYPE: Final = "type:"
DATE: Final = "date:"
MAX_ENTRIES: Final = 200
_DAYS: Final = re.compile(r"date:(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")
_NAMED: Final = re.compile(r'(?:(?<=\s)|^)@(?:"([^"\n]+)"|(\S+))')
_AFTER_NAME: Final = ".,;:?!)”'"
_FORMATS_CALLED: Final = Counter(each.name for each in FORMATS)


def entries_of(text: str) -> tuple[str, ...]:
    """Return the entries that the page sent, one a line; what is no entry is dropped."""
    lines = dict.fromkeys(
        line for line in text.split("\n") if line.startswith((IN, TYPE)) or _days(line) != ("", "")
    )
    return tuple(lines)[:MAX_ENTRIES]


def _days(entry: str) -> tuple[str, str]:
    """Return the first and last day of an entry; "" for what it leaves open, or is no entry."""
    found = _DAYS.fullmatch(entry)
    return (found[1] or "", found[2] or "") if found else ("", "")


def filters_of(entries: Sequence[str]) -> Filters:
    """Return what all entries admit together; of several spans of days the last one counts."""
    within = tuple(e.removeprefix(IN) for e in entries if e.startswith(IN))
    types = tuple(e.removeprefix(TYPE) for e in entries if e.startswith(TYPE))
    spans = [_days(entry) for entry in entries if entry.startswith(DATE)]
    since, until = spans[-1] if spans else ("", "")
    return Filters(within=within, media_types=types, since=since, until=until)


def named_in(text: str, sources: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Take `@file` and `@folder/` out of a question; return what is left, and the entries.

    A name is a path, or the last part of one, in any case; with spaces in quotes. A name that no
    document has, and a question of names alone, stay as they are.
    """
    if "@" not in text:
        return text, ()
    known = _names(sources)
    entries: dict[str, None] = {}

    def taken(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        bare = name if found[1] else name.rstrip(_AFTER_NAME)
        there = known.get(composed(bare).casefold(), ())
        entries.update(dict.fromkeys(there))
        return name[len(bare) :] if there else found[0]

    left = " ".join(_NAMED.sub(taken, text).split(" "))
    left = re.sub(r"  +", " ", left).strip()
    return (left, tuple(entries)) if re.search(r"\w", left) else (text, ())


def _names(sources: Iterable[str]) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for source in sources:
        path = PurePosixPath(source)
        for name in {composed(source).casefold(), composed(path.name).casefold()}:
            known[name] = (*known.get(name, ()), IN + source)
        for folder in path.parents[:-1]:
            known[composed(f"{folder}/").casefold()] = (f"{IN}{folder}/",)
    return known


def words_of(entry: str) -> str:
    if entry.startswith(TYPE):
        return type_name(entry.removeprefix(TYPE))
    if not entry.startswith(DATE):
        return entry.removeprefix(IN)
    first, last = _days(entry)
    if first and last:
        return say("{first} to {last}", first=first, last=last)
    return say("from {first}", first=first) if first else say("until {last}", last=last)


def type_name(media_type: str) -> str:
    """Return what a person calls it: "PDF", "Picture (PNG)" where there are several kinds."""
    known = BY_MEDIA_TYPE.get(media_type)
    if known is None:
        return media_type.rpartition("/")[2].removeprefix("x-")
    suffix = known.suffixes[0].removeprefix(".").upper()
    is_one_of_many = _FORMATS_CALLED[known.name] > 1
    return f"{say(known.name)} ({suffix})" if is_one_of_many else say(known.name)


def scope_text(entries: Sequence[str]) -> str:
    """Return a whole scope in words: at most three of its entries by name."""
    words = [words_of(entry) for entry in entries]
    names, rest = ", ".join(words[:3]), len(words) - 3
    return say("{names} and {n} more", names=names, n=rest) if rest > 0 else names


MAX_DOCUMENTS: Final = 50


def scope_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/scope")

    @router.post("")
    def choices(
        words: Annotated[str, Body()] = "", chosen: Annotated[str, Body()] = ""
    ) -> Response:
        return fresh(_choices_html(library.documents(), words=words, chosen=entries_of(chosen)))

    @router.put("/of/{conversation_id}", status_code=204)
    def keep(conversation_id: str, entries: Annotated[list[str], Body()]) -> None:
        kept = library.conversations.set_scope(conversation_id, entries_of("\n".join(entries)))
        there(kept or None)

    return router


def _choices_html(records: Sequence[DocumentRecord], *, words: str, chosen: Collection[str]) -> str:
    """Return top-level folders, types and documents that have all `words`, to be ticked."""
    ready = [record for record in records if record.state == "ready"]
    sources = sorted(source for record in ready for source in record.sources)
    tops = ({s.partition("/")[0] + "/" for s in r.sources if "/" in s} for r in ready)
    folders = Counter(folder for some in tops for folder in some)
    types = Counter(record.media_type for record in ready)
    documents = _fitting(((IN + source, 0) for source in sources), words)
    groups = [
        (say("Folders"), _fitting(((IN + f, n) for f, n in sorted(folders.items())), words)),
        (say("Types"), _fitting(((TYPE + t, n) for t, n in sorted(types.items())), words)),
        (say("Documents"), documents[:MAX_DOCUMENTS]),
    ]
    more = len(documents) - MAX_DOCUMENTS
    return render("scope.html", groups=groups, chosen=chosen, more=more)


def _fitting(entries: Iterable[tuple[str, int]], words: str) -> list[tuple[str, str, int]]:
    """Return entries with their words, and how many documents each has (0: it is one)."""
    wanted = words.casefold().split()
    choices = ((entry, words_of(entry), count) for entry, count in entries)
    return [one for one in choices if all(word in one[1].casefold() for word in wanted)]
