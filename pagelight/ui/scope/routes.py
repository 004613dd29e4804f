"""What the page fetches to choose what is searched: what can be ticked, and names after an @.

What does not hang on the words typed is worked out once for a list of documents: 20,000 are looked
through in some milliseconds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Body
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.protocols import Library
from pagelight.ui.html.language import say
from pagelight.ui.scope.scope import IN, TYPE, entries_of, words_of
from pagelight.ui.templating import render
from rag.datamodel import composed
from rag.storage.documents.records import DocumentRecord

MAX_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class _Name:
    """A file, or a folder (with a slash at its end), and how it is compared."""

    text: str
    folded: str
    last: str
    """The last part, folded."""


class KnownNames:
    """The names of a library's documents, as they are now. Safe for several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._version = ""
        self._names: list[_Name] = []
        self._of_files: Counter[str] = Counter()
        self._working = threading.Lock()

    def html(self, words: str) -> str:
        """Return those that hold `words`, as options; those that begin with them first."""
        wanted = composed(words).casefold()
        with self._working:
            self._look()
            holding = [each for each in self._names if wanted in each.folded]
            first = [*islice((e for e in holding if _begins(e, wanted)), MAX_NAMES)]
            rest = islice((e for e in holding if not _begins(e, wanted)), MAX_NAMES - len(first))
            return render("names.html", names=[self._option(each) for each in (*first, *rest)])

    def _look(self) -> None:
        version = self._library.version()
        if version == self._version:
            return
        self._version, records = version, self._library.documents()
        sources = [source for record in records if record.id for source in record.sources]
        folders = {folder for source in sources for folder in _folders(source)}
        names = [_name(text) for text in (*sources, *folders)]
        self._names = sorted(names, key=lambda each: each.folded)
        self._of_files = Counter(each.last for each in names if not each.text.endswith("/"))

    def _option(self, each: _Name) -> tuple[str, str, str]:
        """Return what is written for a name, the name, and the folder that it lies in."""
        is_folder = each.text.endswith("/")
        folder, _, last = each.text.rpartition("/")
        mark = last if not is_folder and self._of_files[each.last] == 1 else each.text
        quoted = f'@"{mark}"' if " " in mark else f"@{mark}"
        return quoted, (each.text if is_folder else last), ("" if is_folder else folder)


def _name(text: str) -> _Name:
    folded = composed(text).casefold()
    return _Name(text, folded, folded.rstrip("/").rpartition("/")[2])


def _begins(each: _Name, wanted: str) -> bool:
    return each.last.startswith(wanted) or each.folded.startswith(wanted)


def _folders(source: str) -> Iterator[str]:
    """Yield `a/` and `a/b/` for `a/b/c.pdf`."""
    at = source.find("/")
    while at >= 0:
        yield source[: at + 1]
        at = source.find("/", at + 1)


MAX_DOCUMENTS: Final = 50

Choice = tuple[str, str, int]
"""An entry that can be ticked, its words, and how many documents it has (0: it is one)."""


def scope_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/scope")
    known = KnownNames(library)

    @router.post("")
    def choices(
        words: Annotated[str, Body()] = "", chosen: Annotated[str, Body()] = ""
    ) -> Response:
        return fresh(_choices_html(library.documents(), words=words, chosen=entries_of(chosen)))

    @router.get("/names")
    def names(words: str = "") -> Response:
        return fresh(known.html(words))

    @router.put("/of/{conversation_id}", status_code=204)
    def keep(conversation_id: str, entries: Annotated[list[str], Body()]) -> None:
        kept = library.conversations.set_scope(conversation_id, entries_of("\n".join(entries)))
        there(kept or None)

    return router


def _choices_html(records: Sequence[DocumentRecord], *, words: str, chosen: Collection[str]) -> str:
    """Return top-level folders, types and documents that have all `words`, to be ticked."""
    ready = [record for record in records if record.state == "ready"]
    sources = sorted(source for record in ready for source in record.sources)
    folders = Counter(folder for r in ready for folder in {_top(s) for s in r.sources} if folder)
    types = Counter(record.media_type for record in ready)
    documents = _fitting(((IN + source, 0) for source in sources), words)
    groups = [
        (say("Collections"), _fitting(((IN + f, n) for f, n in sorted(folders.items())), words)),
        (say("Types"), _fitting(((TYPE + t, n) for t, n in sorted(types.items())), words)),
        (say("Documents"), documents[:MAX_DOCUMENTS]),
    ]
    more = len(documents) - MAX_DOCUMENTS
    return render("scope.html", groups=groups, chosen=chosen, more=more)


def _top(source: str) -> str:
    first, slash, _ = source.partition("/")
    return first + slash if slash else ""


def _fitting(entries: Iterable[tuple[str, int]], words: str) -> list[Choice]:
    wanted = words.casefold().split()
    choices = ((entry, words_of(entry), count) for entry, count in entries)
    return [one for one in choices if all(word in one[1].casefold() for word in wanted)]
