"""Which documents some words name: `q3.pdf`, `the LayoutParser paper`. Knows records alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Final

from rag.stop_words import stop_words
from rag.storage.documents.records import DocumentRecord, of_kind
from rag.text import content_stems, fold, stem, words

MIN_PART: Final = 4
"""A word of so many letters may be a part of a longer one: Ulta in `ultabeauty.pdf`."""

MAX_NAMED: Final = 4
"""Words that fit more documents name none of them."""

_OF_ANY: Final = frozenset(
    "analysis article book chapter conclusion contract deck document file filing finding form "
    "guide handbook leaflet letter mail manual meeting memo message minutes newsletter note "
    "page paper pdf photo picture presentation publication report result review scan sheet "
    "slide spreadsheet speech study survey table talk text website "
    "artikel aufsatz bericht besprechung brief dokument handbuch protokoll sitzung studie treffen "
    "versammlung vertrag vortrag acte contrat document étude lettre manuel rapport réunion séance "
    "acta artículo carta contrato documento estudio informe reunión sesión".split()
)
"""What a document may be called besides its name."""


_THIS: Final = frozenset({"", "this", "it"})


def names_a_document(text: str) -> bool:
    """Tell whether the words speak of a document as such: `the report on X`, `x.pdf`."""
    found = text.split()
    return any(stem(fold(word)) in _GENERAL for word in words(text)) or (
        bool(found) and bool(PurePosixPath(found[-1]).suffix)
    )


def own_words(text: str) -> list[str]:
    """Return the words that tell one document from others: "winch" of "the report on the winch"."""
    said = words(text)
    small = stop_words(said)
    return [
        word
        for word in said
        if word not in small and content_stems(word) and stem(fold(word)) not in _GENERAL
    ]


def named(
    text: str, records: Sequence[DocumentRecord], opening: Callable[[DocumentRecord], str]
) -> list[DocumentRecord]:
    """Return the documents that the words name; none where they fit none, or say nothing.

    By file name or title as a whole; else those whose path and title have all the words; else, of
    "the report on X", those whose beginning has, which `opening` returns. "The report" alone,
    "this" and no words are the only document there is; "the letter", else, those called so. "The
    video", where no name has the word, those of this kind.
    """
    wanted = " ".join(text.strip(" \"'“”‘’.?!").split()).casefold().removeprefix("the ")
    exact = [record for record in records if wanted in _names(record)]
    if exact:
        return exact
    telling = [word for word in words(text) if content_stems(word)]
    own = own_words(text)
    if not own:
        if len(records) == 1 and (telling or wanted in _THIS):
            return list(records)
        return [r for r in records if telling and _has(_file_words(r), telling)] or _of_kind(
            telling, records
        )
    by_name = [r for r in records if _has(_name_words(r), telling)] or [
        r for r in records if _has(_name_words(r), own)
    ]
    if by_name or not names_a_document(text):
        return by_name or _of_kind(telling, records)
    return [r for r in records if _has(f"{_name_words(r)} {opening(r)}", own)]


def _of_kind(telling: Sequence[str], records: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    """Return the documents of the kind that is all that is said of them; [] where more is."""
    kind, found = of_kind(" ".join(telling), records)
    return found if kind and len(telling) == 1 else []


def _names(record: DocumentRecord) -> set[str]:
    files = [PurePosixPath(source) for source in record.sources]
    names = [name for file in files for name in (str(file), file.name, file.stem)]
    return {" ".join(name.split()).casefold() for name in (*names, record.title) if name}


def _file_words(record: DocumentRecord) -> str:
    return " ".join(PurePosixPath(source).stem for source in record.sources).replace("_", " ")


def _name_words(record: DocumentRecord) -> str:
    return f"{' '.join(record.sources)} {record.title}".replace("_", " ")


def _has(text: str, wanted: Sequence[str]) -> bool:
    found = words(text)
    stems, letters = {stem(word) for word in found}, "".join(found)
    return all(stem(w) in stems or (len(w) >= MIN_PART and w in letters) for w in wanted)


_GENERAL: Final = frozenset(stem(fold(word)) for word in _OF_ANY)
