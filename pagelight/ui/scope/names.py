"""The files and folders that an @ in a question may stand for, found as they are typed.

What does not hang on the words is worked out once for a list of documents: 20,000 are looked
through in some milliseconds. Knows a library; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pagelight.services.answering.protocols import Library
from pagelight.ui.templating import render
from rag.datamodel import composed

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
