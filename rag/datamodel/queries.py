"""What is asked: words, pictures, files, and which documents to search.

What a question says and what is found for it, `rag.understanding.question` knows.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeVar

from msgspec import Struct

from rag.datamodel.documents import Chunk

Thing = TypeVar("Thing")

_PAGE: Final = re.compile(r", page \d+\Z")


def composed(name: str) -> str:
    """Return a name as names are compared, in NFC: some disks take letters apart."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which documents to search. Empty means all. `source_glob` is matched with `/` as a letter.

    `within` are sources, and folders that end in `/`: one of them must be or hold the document.
    A document's day lies within `since` and `until` (ISO, inclusive). `collections` are top-level
    folders that the person may see (`ROOT_COLLECTION`: the files beside them; None: all); the
    database resolves them.
    """

    source_glob: str = ""
    media_types: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    collections: tuple[str, ...] | None = None
    since: str = ""
    until: str = ""
    _places: frozenset[str] = field(default=frozenset(), init=False, repr=False, compare=False)
    _glob: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", frozenset(map(composed, self.within)))
        object.__setattr__(self, "_glob", composed(self.source_glob))

    def admit(self, *, source: str, media_type: str, day: str = "") -> bool:
        """Tell whether all but `collections` admits a document; one without a day has no date."""
        if self.media_types and media_type not in self.media_types:
            return False
        if (self.since or self.until) and not self.since <= (day or "~") <= (self.until or "9"):
            return False
        if not self._is_within(source):
            return False
        return not self._glob or fnmatch.fnmatchcase(composed(source), self._glob)

    def narrowed(self, sources: Sequence[str]) -> Filters | None:
        """Return these filters for some sources alone; None where `within` holds none of them."""
        within = tuple(filter(self._is_within, sources))
        return replace(self, within=within) if within else None

    def _is_within(self, source: str) -> bool:
        return not self.within or not self._places.isdisjoint(_places_of(composed(source)))


def _places_of(source: str) -> Iterator[str]:
    """Yield a source and every folder that holds it, with `/` at its end."""
    yield source
    yield from (source[: n + 1] for n, letter in enumerate(source) if letter == "/")


NO_FILTERS: Final = Filters()
ROOT_COLLECTION: Final = "."


class QueryImage(Struct, frozen=True, kw_only=True, array_like=True):
    """A picture in the question: its perceptual hash, and its lettering as words (may be "")."""

    path: str
    phash: str
    lettering: str = ""


class Attachment(Struct, frozen=True, kw_only=True, array_like=True):
    """A file that came with a question, read as those of the folder are: a source of its own.

    `doc_id` finds it among what was attached; `name` is what it is cited as. `image` is set for a
    picture: what the folder is searched by. `note` is a sentence for the person about what of it
    is not read, or not yet. `said` are the words of a recording that a model heard.
    """

    doc_id: str
    name: str
    media_type: str
    image: QueryImage | None = None
    note: str = ""
    said: str = ""


AnswerLength = Literal["short", "usual", "long"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWishes:
    """How a person wants answers: how long, only quoted where a model could write, how written.

    `writer` names the model that is to write; "": the one that all use.
    `instructions` are the person's own, for a model that writes.
    """

    length: AnswerLength = "usual"
    quoted: bool = False
    writer: str = ""
    instructions: str = ""


NO_WISHES: Final = AnswerWishes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched. At least text, an image, an attachment or a region.

    `image` is a picture that the folder is searched by; `attachments` are asked about first.
    `region` is the part of a page that is asked about: its words, and how it looks. `related`
    tells for the stem of a word what documents have for it, with how surely, in 0..1; `otherwise`
    are the words in other languages that documents are in, each with how much of the text it says,
    in 0..1. `original` are the words before a gloss of them in English took their place, "" where
    `text` are they. `wishes` are for the answer.
    """

    text: str = ""
    image: QueryImage | None = None
    attachments: tuple[Attachment, ...] = ()
    filters: Filters = NO_FILTERS
    region: Chunk | None = None
    wishes: AnswerWishes = NO_WISHES
    related: Mapping[str, Mapping[str, float]] = field(default_factory=dict, compare=False)
    otherwise: tuple[tuple[str, float], ...] = field(default=(), compare=False)
    original: str = ""

    def __post_init__(self) -> None:
        if not (self.text.strip() or self.image or self.attachments or self.region):
            raise ValueError("a query needs words, a picture or a file")

    @property
    def spoken(self) -> str:
        """The words in the language of the person: for what knows many languages."""
        return self.original or self.text

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what `make` makes; a question that is understood keeps it, and makes it once."""
        del key
        return make()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation.

    `cited` are the places that were cited: "report.pdf, page 3"; without an `answer` those that
    came closest to one.
    """

    question: str
    answer: str
    cited: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The documents that its answer cited."""
        return tuple(dict.fromkeys(_PAGE.sub("", place) for place in self.cited))
