"""The files and folders that an @ in a question may stand for, found as they are typed.

What does not hang on the words is worked out once for a list of documents: 20,000 are looked
through in some milliseconds. Knows records; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rag.index.rows.records import DocumentRecord
from ui.html.escape import escaped, name

MOST_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class _Name:
    """A file, or a folder (with a slash at its end), and how it is compared."""

    text: str
    folded: str
    last: str
    """The last part, folded."""


class Names:
    """The names of one list of documents."""

    def __init__(self, records: Sequence[DocumentRecord]) -> None:
        sources = [source for record in records if record.id for source in record.sources]
        folders = {folder for source in sources for folder in _folders(source)}
        names = [_name(text) for text in (*sources, *folders)]
        self._names = sorted(names, key=lambda each: each.folded)
        self._of_files = Counter(each.last for each in names if not each.text.endswith("/"))

    def html(self, words: str) -> str:
        """Return those that hold `words`, as options; those that begin with them first."""
        found = self._found(words.casefold())
        return "".join(self._option(each, position) for position, each in enumerate(found))

    def _found(self, wanted: str) -> list[_Name]:
        holding = [each for each in self._names if wanted in each.folded]
        begin = list(islice((e for e in holding if _begins(e, wanted)), MOST_NAMES))
        rest = (each for each in holding if not _begins(each, wanted))
        return [*begin, *islice(rest, MOST_NAMES - len(begin))]

    def _option(self, each: _Name, position: int) -> str:
        is_folder = each.text.endswith("/")
        folder, _, last = each.text.rpartition("/")
        mark = last if not is_folder and self._of_files[each.last] == 1 else each.text
        quoted = f'@"{mark}"' if " " in mark else f"@{mark}"
        beside = "" if is_folder or not folder else name(folder)
        return (
            f'<li role="option" id="at-{position}" aria-selected="false" '
            f'data-at="{escaped(quoted)}">{name(each.text if is_folder else last)}'
            f'<span class="count">{beside}</span></li>'
        )


def _name(text: str) -> _Name:
    folded = text.casefold()
    return _Name(text, folded, folded.rstrip("/").rpartition("/")[2])


def _begins(each: _Name, wanted: str) -> bool:
    return each.last.startswith(wanted) or each.folded.startswith(wanted)


def _folders(source: str) -> Iterator[str]:
    """Yield `a/` and `a/b/` for `a/b/c.pdf`."""
    at = source.find("/")
    while at >= 0:
        yield source[: at + 1]
        at = source.find("/", at + 1)
