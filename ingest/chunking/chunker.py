"""Document to chunks. Knows elements and token counts; knows no file format and no store.

A chunk never leaves its page, section, turn of a recording or table, never divides a table row that
fits, and its `embedding_text` never exceeds the embedder's token limit: what is longer is divided,
not cut.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath
from typing import Final, Literal

from ingest.chunking.splitting import TextPiece, divided, element_pieces, join_pieces, table_rows
from rag.datamodel import TABULAR, Chunk, Document, Element

VECTORS_VERSION: Final = "5"
"""Part of every chunk's id: change it when what is embedded of a chunk changes, and every vector
is made anew."""

CHUNKER_VERSION: Final = f"22.{VECTORS_VERSION}"
"""Noted with every document: change its number when parsers or the chunker make other chunks. The
next ingest then reads each document again; chunks that stay the same keep their vectors."""

CONTEXT_SHARE: Final = 4
"""File name, title and headings take at most one token in so many of a chunk's limit."""

TARGET_TOKENS: Final = 230
"""About 900 characters of English with its context; shorter chunks lose their subject."""

_MARGIN_TOKENS: Final = 4
"""Pieces counted alone may take a few tokens less than joined ones."""

_CONTEXT_SEPARATOR: Final = " — "
_LABEL: Final = re.compile(
    r"\b(fig(?:ure)?|table|tab|chart|abb(?:ildung)?|tabelle|tableau)\.?\s*(\d+(?:[.-]\d+)*)",
    re.IGNORECASE,
)
_MEANINGLESS_STEM: Final = re.compile(r"[0-9a-f]{16,}|[\d\W_]+", re.IGNORECASE)

CountTokens = Callable[[str], int]
ChunkRole = Literal["text", "table", "figure"]


def chunk_document(
    document: Document, *, count_tokens: CountTokens, max_tokens: int
) -> list[Chunk]:
    """Divide a document into chunks in reading order.

    `count_tokens` is the embedder's own and counts special tokens; no chunk's `embedding_text`
    has more than `max_tokens`. Ids depend on content alone, so the chunks that a second look at
    the same file leaves unchanged keep theirs.
    """
    limit = min(max_tokens, TARGET_TOKENS)
    remembered = cache(count_tokens)  # most pieces are counted more than once
    return _linked(list(_identified(_Drafter(document, remembered, limit).drafts())))


class _Drafter:
    """Walks the elements once, keeping the heading path and the text gathered so far."""

    def __init__(self, document: Document, count_tokens: CountTokens, limit: int) -> None:
        self._document = document
        self._count = count_tokens
        self._limit = limit
        self._headings: list[tuple[int, str]] = []
        self._gathered: list[TextPiece] = []
        self._confidences: list[float] = []
        self._context_limit = limit // CONTEXT_SHARE
        self._name = document_name(document)
        while self._name and count_tokens(self._name) > self._context_limit // 2:
            self._name = self._name.rpartition(" ")[0] or self._name[: len(self._name) // 2]

    def drafts(self) -> Iterator[Chunk]:
        for element, caption in _with_captions(self._document.elements):
            leaves_page = self._gathered and self._gathered[-1].page != element.page
            begins_turn = element.start_s is not None and self._has_words()  # of a recording
            if leaves_page or begins_turn:
                yield from self._flush()
            if element.role in ("title", "heading"):
                yield from self._enter(element)
            if element.role in TABULAR:
                yield from self._table(element, caption)
            elif element.role == "figure":
                yield from self._figure(element, caption)
            else:
                self._gather(element)
        yield from self._flush()

    def _has_words(self) -> bool:
        return any(not piece.is_heading for piece in self._gathered)

    def _enter(self, heading: Element) -> Iterator[Chunk]:
        """Start a section, unless the headings gathered so far have no text below them yet."""
        if self._has_words():
            yield from self._flush()
        level = 0 if heading.role == "title" else heading.level or 1
        self._headings = [(n, text) for n, text in self._headings if n < level]
        self._headings.append((level, heading.text))

    def _gather(self, element: Element) -> None:
        self._gathered.extend(element_pieces(element))
        if element.confidence is not None:
            self._confidences.append(element.confidence)

    def _flush(self) -> Iterator[Chunk]:
        gathered, self._gathered = self._gathered, []
        scores, self._confidences = self._confidences, []
        if not gathered:
            return
        confidence = sum(scores) / len(scores) if scores else None
        context = self._context()
        for pieces in self._packed(gathered, self._budget(context)):
            yield self._draft("text", pieces, context, confidence=confidence)

    def _flush_before_shown(self) -> Iterator[Chunk]:
        """Flush, but no headings alone: what is shown right below them has them in its context."""
        context = self._context()
        if not all(piece.is_heading and piece.text in context for piece in self._gathered):
            yield from self._flush()
        self._gathered, self._confidences = [], []

    def _table(self, table: Element, caption: Element | None) -> Iterator[Chunk]:
        yield from self._flush_before_shown()
        context = self._context()
        budget = self._budget(context)
        header, *rows = table_rows(table)
        repeated, body = self._repeated([*element_pieces(caption), header], rows, budget // 2)
        for pieces in self._packed(body, budget - sum(map(self._tokens, repeated))):
            yield self._draft("table", (*repeated, *pieces), context, table)

    def _figure(self, figure: Element, caption: Element | None) -> Iterator[Chunk]:
        yield from self._flush_before_shown()
        context = self._context()
        pieces = [*element_pieces(caption), *element_pieces(figure)]
        if not pieces and figure.image is not None:
            pieces = [TextPiece(text="", provenances=figure.provenances)]
        for packed in self._packed(pieces, self._budget(context)):
            yield self._draft("figure", packed, context, figure)

    def _draft(
        self,
        role: ChunkRole,
        pieces: Sequence[TextPiece],
        context: str,
        shown: Element | None = None,
        *,
        confidence: float | None = None,
    ) -> Chunk:
        """Return a chunk that has no id yet; `shown` is the table or figure that it is of."""
        text, provenances = join_pieces(pieces)
        return Chunk(
            id="",
            doc_id=self._document.id,
            source=self._document.sources[0],
            ordinal=0,
            language=self._document.language,
            role=role,
            text=text,
            context=context,
            headings=tuple(text for _, text in self._headings),
            image=shown.image if shown and role == "figure" else None,
            provenances=provenances,
            confidence=shown.confidence if shown else confidence,
            kind=shown.kind if shown else "",
        )

    def _context(self) -> str:
        """Return name, title and as many of the innermost headings as fit."""
        context = self._name
        for _, heading in reversed(self._headings):
            longer = f"{context}{_CONTEXT_SEPARATOR}{heading}" if context else heading
            if heading in context:
                continue
            if self._count(longer) > self._context_limit:
                break
            context = longer
        return context

    def _budget(self, context: str) -> int:
        return self._limit - self._count(context) - _MARGIN_TOKENS

    def _tokens(self, piece: TextPiece) -> int:
        """Count a piece's own tokens, special tokens left out."""
        return max(1, self._count(piece.text) - self._count(""))

    def _packed(self, pieces: Iterable[TextPiece], budget: int) -> Iterator[list[TextPiece]]:
        """Gather consecutive pieces into groups of at most `budget` tokens; divide longer ones."""
        group: list[TextPiece] = []
        used = 0
        for whole in pieces:
            for piece in divided(whole, fits=lambda part: self._tokens(part) <= budget):
                tokens = self._tokens(piece)
                if group and used + tokens > budget:
                    yield group
                    group, used = [], 0
                group.append(piece)
                used += tokens
        if group:
            yield group

    def _repeated(
        self, head: Sequence[TextPiece], rows: Sequence[TextPiece], budget: int
    ) -> tuple[list[TextPiece], list[TextPiece]]:
        """Divide a table into what each of its chunks repeats and what is shared out among them.

        `head` is the caption, if any, and the header row. Both are repeated if they fit, else the
        header alone, else neither; so is nothing of a table that has no other row.
        """
        for start in (0, len(head) - 1) if rows else ():
            if sum(map(self._tokens, head[start:])) <= budget:
                return list(head[start:]), [*head[:start], *rows]
        return [], [*head, *rows]


def document_name(document: Document) -> str:
    """Return file name and title as words: what contexts begin with, cut where it is very long."""
    stem = PurePosixPath(document.sources[0]).stem
    name = "" if _MEANINGLESS_STEM.fullmatch(stem) else re.sub(r"[_\W]+", " ", stem).strip()
    parts = [part for part in (name, document.title.strip()) if part]
    if len(parts) > 1 and parts[0].casefold() == parts[1].casefold():
        parts.pop(0)
    return _CONTEXT_SEPARATOR.join(parts)


def renamed_context(context: str, *, old: str, new: str) -> str:
    """Return a context that begins with a document's `old` name, maybe "", with its `new` one."""
    parts = context.split(_CONTEXT_SEPARATOR) if context else []
    named = old.split(_CONTEXT_SEPARATOR) if old else []
    if parts[: len(named)] != named:
        return context
    return _CONTEXT_SEPARATOR.join([*filter(None, [new]), *parts[len(named) :]])


def _with_captions(elements: Sequence[Element]) -> Iterator[tuple[Element, Element | None]]:
    captioned = False
    for element, following in zip(elements, (*elements[1:], None), strict=False):
        if captioned:
            captioned = False
            continue
        captioned = (
            element.role in {"figure", *TABULAR}
            and following is not None
            and following.role == "caption"
        )
        if element.text or element.image or captioned:
            yield element, following if captioned else None


def _identified(drafts: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks with their ids, which are made of their content, and their ordinals."""
    seen: Counter[str] = Counter()
    for ordinal, draft in enumerate(drafts):
        image_id = draft.image.id if draft.image else ""
        parts = (draft.doc_id, VECTORS_VERSION, draft.context, draft.text, image_id)
        content = "\0".join(parts)
        seen[content] += 1
        digest = hashlib.sha256(f"{content}\0{seen[content]}".encode()).hexdigest()
        yield replace(draft, id=digest[:32], ordinal=ordinal)


def _linked(chunks: list[Chunk]) -> list[Chunk]:
    """Link figures and tables with the text that mentions them, and each chunk with the next."""
    mentions: defaultdict[str, list[str]] = defaultdict(list)
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for chunk in chunks:
        labels = (f"{kind.lower()[:3]} {number}" for kind, number in _LABEL.findall(chunk.text))
        for label in dict.fromkeys(labels):  # as `fig 3`, `tab 2.1`
            (mentions if chunk.role == "text" else owners)[label].append(chunk.id)
    shown = (
        (owner, mention)
        for label, owned in owners.items()
        for owner in owned
        for mention in mentions[label]
    )
    following = ((first.id, second.id) for first, second in itertools.pairwise(chunks))
    links: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in itertools.chain(shown, following):
        links[one].append(other)
        links[other].append(one)
    return [replace(c, neighbours=tuple(dict.fromkeys(links[c.id]))) for c in chunks]
