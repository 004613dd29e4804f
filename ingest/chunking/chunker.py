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
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import Final, Literal

from ingest.chunking.splitting import TextPiece, divide, element_pieces, join_pieces, table_rows
from rag.datamodel import TABULAR, Chunk, Document, Element, ImageAsset

VECTORS_VERSION: Final = "5"
"""Part of every chunk's id: change it when what is embedded of a chunk changes, and every vector
is made anew."""

CHUNKER_VERSION: Final = f"21.{VECTORS_VERSION}"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A chunk before it has an id and neighbours."""

    role: ChunkRole
    pieces: tuple[TextPiece, ...]
    headings: tuple[str, ...]
    context: str
    image: ImageAsset | None = None
    confidence: float | None = None
    kind: str = ""


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
    drafter = _Drafter(document, remembered, limit)
    chunks = _identify(document, drafter.drafts())
    return _link(chunks)


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
        self._name = document_name(document, count_tokens, limit=self._context_limit // 2)

    def drafts(self) -> Iterator[_Draft]:
        for element, caption in _with_captions(self._document.elements):
            if self._leaves_page(element) or self._begins_turn(element):
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

    def _leaves_page(self, element: Element) -> bool:
        return bool(self._gathered) and self._gathered[-1].page != element.page

    def _begins_turn(self, element: Element) -> bool:
        """Say whether it is another turn of a recording: each is a chunk of its own."""
        return element.start_s is not None and any(not p.is_heading for p in self._gathered)

    def _enter(self, heading: Element) -> Iterator[_Draft]:
        """Start a section, unless the headings gathered so far have no text below them yet."""
        if any(not piece.is_heading for piece in self._gathered):
            yield from self._flush()
        level = 0 if heading.role == "title" else heading.level or 1
        self._headings = [(n, text) for n, text in self._headings if n < level]
        self._headings.append((level, heading.text))

    def _gather(self, element: Element) -> None:
        self._gathered.extend(element_pieces(element))
        if element.confidence is not None:
            self._confidences.append(element.confidence)

    def _flush(self) -> Iterator[_Draft]:
        gathered, self._gathered = self._gathered, []
        scores, self._confidences = self._confidences, []
        if not gathered:
            return
        confidence = sum(scores) / len(scores) if scores else None
        context = self._context()
        budget = self._budget(context)
        for pieces in pack(gathered, budget=budget, count_tokens=self._count):
            yield self._draft("text", pieces, context, confidence=confidence)

    def _flush_before_shown(self) -> Iterator[_Draft]:
        """Flush, but no headings alone: what is shown right below them has them in its context."""
        context = self._context()
        if not all(piece.is_heading and piece.text in context for piece in self._gathered):
            yield from self._flush()
        self._gathered, self._confidences = [], []

    def _table(self, table: Element, caption: Element | None) -> Iterator[_Draft]:
        yield from self._flush_before_shown()
        context = self._context()
        budget = self._budget(context)
        captions = element_pieces(caption) if caption else []
        header, *rows = table_rows(table)
        repeated, body = _repeated([*captions, header], rows, budget // 2, self._count)
        room = budget - sum(piece_tokens(piece, self._count) for piece in repeated)
        for pieces in pack(body, budget=room, count_tokens=self._count):
            made = self._draft("table", (*repeated, *pieces), context, confidence=table.confidence)
            yield replace(made, kind=table.kind)

    def _figure(self, figure: Element, caption: Element | None) -> Iterator[_Draft]:
        yield from self._flush_before_shown()
        context = self._context()
        captions = element_pieces(caption) if caption else []
        figure_pieces = element_pieces(figure)
        packed = list(
            pack(
                [*captions, *figure_pieces], budget=self._budget(context), count_tokens=self._count
            )
        )
        if not packed and figure.image is not None:
            packed = [(TextPiece(text="", provenances=figure.provenances),)]
        for pieces in packed:
            made = self._draft(
                "figure", pieces, context, image=figure.image, confidence=figure.confidence
            )
            yield replace(made, kind=figure.kind)

    def _draft(
        self,
        role: ChunkRole,
        pieces: Sequence[TextPiece],
        context: str,
        *,
        image: ImageAsset | None = None,
        confidence: float | None = None,
    ) -> _Draft:
        return _Draft(
            role=role,
            pieces=tuple(pieces),
            headings=tuple(text for _, text in self._headings),
            context=context,
            image=image,
            confidence=confidence,
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
        used = self._count(context) if context else self._count("")
        return self._limit - used - _MARGIN_TOKENS


def document_name(document: Document, count_tokens: CountTokens, *, limit: int) -> str:
    """Return file name and title as words, in at most `limit` tokens."""
    stem = PurePosixPath(document.sources[0]).stem
    name = "" if _MEANINGLESS_STEM.fullmatch(stem) else re.sub(r"[_\W]+", " ", stem).strip()
    parts = [part for part in (name, document.title.strip()) if part]
    if len(parts) > 1 and parts[0].casefold() == parts[1].casefold():
        parts.pop(0)
    text = _CONTEXT_SEPARATOR.join(parts)
    while text and count_tokens(text) > limit:
        text = text.rpartition(" ")[0] or text[: len(text) // 2]
    return text


def renamed_context(context: str, *, old: str, new: str) -> str:
    """Return a context that begins with a document's `old` name with its `new` one.

    Either name may be empty: a stem of digits says nothing. A context that does not begin with
    `old` is returned as it is.
    """
    parts = context.split(_CONTEXT_SEPARATOR) if context else []
    named = old.split(_CONTEXT_SEPARATOR) if old else []
    if parts[: len(named)] != named:
        return context
    return _CONTEXT_SEPARATOR.join([*filter(None, [new]), *parts[len(named) :]])


def piece_tokens(piece: TextPiece, count_tokens: CountTokens) -> int:
    """Count a piece's own tokens, special tokens left out."""
    return max(1, count_tokens(piece.text) - count_tokens(""))


def pack(
    pieces: Iterable[TextPiece], *, budget: int, count_tokens: CountTokens
) -> Iterator[tuple[TextPiece, ...]]:
    """Gather consecutive pieces into groups of at most `budget` tokens; divide longer pieces."""
    group: list[TextPiece] = []
    used = 0
    for piece in _dividing(pieces, budget=budget, count_tokens=count_tokens):
        tokens = piece_tokens(piece, count_tokens)
        if group and used + tokens > budget:
            yield tuple(group)
            group, used = [], 0
        group.append(piece)
        used += tokens
    if group:
        yield tuple(group)


def _dividing(
    pieces: Iterable[TextPiece], *, budget: int, count_tokens: CountTokens
) -> Iterator[TextPiece]:
    for piece in pieces:
        if piece_tokens(piece, count_tokens) <= budget:
            yield piece
        else:
            yield from divide(piece, fits=lambda p: piece_tokens(p, count_tokens) <= budget)


def _repeated(
    head: Sequence[TextPiece], rows: Sequence[TextPiece], budget: int, count_tokens: CountTokens
) -> tuple[list[TextPiece], list[TextPiece]]:
    """Divide a table into what each of its chunks repeats and what is shared out among them.

    `head` is the caption, if any, and the header row. Both are repeated if they fit, else the
    header alone, else neither; so is nothing of a table that has no other row.
    """
    starts = (0, len(head) - 1) if rows else ()
    for start in starts:
        if sum(piece_tokens(piece, count_tokens) for piece in head[start:]) <= budget:
            return list(head[start:]), [*head[:start], *rows]
    return [], [*head, *rows]


def _with_captions(elements: Sequence[Element]) -> Iterator[tuple[Element, Element | None]]:
    """Pair each figure and table with the caption element that directly follows it."""
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


def _identify(document: Document, drafts: Iterable[_Draft]) -> list[Chunk]:
    seen: Counter[str] = Counter()
    chunks = []
    for ordinal, draft in enumerate(drafts):
        text, provenances = join_pieces(draft.pieces)
        image_id = draft.image.id if draft.image else ""
        content = f"{document.id}\0{VECTORS_VERSION}\0{draft.context}\0{text}\0{image_id}"
        seen[content] += 1
        digest = hashlib.sha256(f"{content}\0{seen[content]}".encode()).hexdigest()
        chunks.append(
            Chunk(
                id=digest[:32],
                doc_id=document.id,
                source=document.sources[0],
                ordinal=ordinal,
                language=document.language,
                role=draft.role,
                text=text,
                context=draft.context,
                headings=draft.headings,
                image=draft.image,
                provenances=provenances,
                confidence=draft.confidence,
                kind=draft.kind,
            )
        )
    return chunks


def _link(chunks: list[Chunk]) -> list[Chunk]:
    """Link figures and tables with the text that mentions them, and each chunk with the next."""
    mentions: defaultdict[str, list[Chunk]] = defaultdict(list)
    owners: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        for label in _labels(chunk.text):
            (mentions if chunk.role == "text" else owners)[label].append(chunk)
    links: defaultdict[str, list[str]] = defaultdict(list)
    for label, owned in owners.items():
        for owner in owned:
            for mention in mentions.get(label, ()):
                links[owner.id].append(mention.id)
                links[mention.id].append(owner.id)
    for first, second in itertools.pairwise(chunks):
        links[first.id].append(second.id)
        links[second.id].append(first.id)
    return [replace(c, neighbours=tuple(dict.fromkeys(links[c.id]))) for c in chunks]


def _labels(text: str) -> set[str]:
    """Return the labels that a text names, as `fig 3`, `tab 2.1`."""
    return {f"{kind.lower()[:3]} {number}" for kind, number in _LABEL.findall(text)}
