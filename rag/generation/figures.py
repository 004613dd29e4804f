"""Pictures and tables in answers: those that a citation stands in, and those that are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import PurePosixPath
from typing import Final, Protocol

from rag.datamodel import (
    CELL_SEPARATOR,
    Answer,
    Chunk,
    Citation,
    Context,
    Document,
    Element,
    Figure,
    Hit,
    Query,
)
from rag.datamodel.places import box_around
from rag.generation.citations import plain, without_marks
from rag.number_forms import tells_scale_alone
from rag.retrieval.context import Fetch, brought
from rag.text import content_stems, stem, words
from rag.understanding.question.question import Question
from rag.understanding.wishes.picture_wish import PictureWish, label_of

MAX_FIGURES: Final = 3
"""An answer shows no more: a person reads it first."""

MIN_COVER: Final = 0.5
"""A picture fits a wish if it holds so much of what the wish's words weigh."""

ONLY_NEAR: Final = 0.6
"""A word that stands not on the picture but in its file's name or its heading counts so much."""

WISH_HITS: Final = 200
"""How many hits are looked through for a picture that is asked for."""

LINKED_HITS: Final = 10
"""What the best hits mention is looked through for it too."""

CAPTION: Final = 0.3
"""A word counts so much more in the first line of a picture or table, or in its heading."""

BY_IT: Final = 0.6
"""A word counts so much in the text by a picture that has few words of its own, ..."""

MAX_OWN_WORDS: Final = 12
MAX_LOOKED_AT: Final = 12
MAX_OF_KIND: Final = 48
"""Among so many pictures one of a kind is looked for, where nothing is said of what it shows."""

RIGHT_KIND: Final = 0.15
OTHER_KIND: Final = 0.01
NEAR_BEST: Final = 0.8
"""Of several pictures those are shown that fit nearly as well as the best one."""

CAPTION_LETTERS: Final = 200
ALT_WORDS: Final = 12

_FORMS: Final = ("bar chart", "line chart", "pie chart", "scatter plot")
_KINDS: Final = {
    **{form: frozenset({form, "chart"}) for form in _FORMS},
    "chart": frozenset({"chart", *_FORMS}),
    "diagram": frozenset({"diagram"}),
    "photo": frozenset({"photo"}),
    "map": frozenset({"map"}),
    "table": frozenset({"table"}),
    "screenshot": frozenset({"screenshot"}),
    "logo": frozenset({"ornament"}),
}
_MAYBE: Final = {"map": frozenset({"diagram", "photo", "scan"})}
"""What rules take a map for, where it was not surely told to be one."""

_DOCUMENT: Final = frozenset(
    map(stem, "paper report document article slide deck presentation manual file study".split())
)
SAYING_WORDS: Final = 4
"""What looks like an ornament but bears so many words is a sign or a label."""

Looks = Callable[[Chunk], str]
"""Returns the kind of a chunk's picture (its own, or that of `rag.storage.images.picture_kind`);

"" where it can't be told.
"""


class Retrieve(Protocol):
    def retrieve(self, query: Query, *, k: int) -> list[Hit]: ...


def _says_nothing(kind: str, chunk: Chunk) -> bool:
    """Tell whether a picture is blank, or an ornament that bears hardly a word."""
    few = len(words(chunk.text)) < SAYING_WORDS
    return kind == "blank" or (kind == "ornament" and few)


@dataclass(frozen=True, eq=False)
class Figures:
    """Chooses what an answer shows.

    `importance` weighs the stems of a question so that they sum to 1; `fetch` returns the chunks
    of some ids, `document` a stored document, None if it is gone.
    """

    retriever: Retrieve
    importance: Callable[[Question], Mapping[str, float]]
    _: KW_ONLY
    fetch: Fetch
    document: Callable[[str], Document | None]
    looks: Looks

    def by_citations(self, answer: Answer, asked: Question) -> tuple[Figure, ...]:
        """Return what stands by the citations of a complete answer, at most `MAX_FIGURES`."""
        wish = asked.picture
        found: dict[tuple[object, ...], Figure] = {}
        for position, citation in enumerate(answer.citations):
            chunk = self._pictured(citation, answer, wish)
            if chunk is not None and len(found) < MAX_FIGURES:
                found.setdefault(_identity(chunk), self._figure(chunk, position))
        return tuple(found.values())

    def wished(self, asked: Question, hits: Sequence[Hit]) -> tuple[str, Context] | None:
        """Return the answer that shows the pictures asked for, and what it cites; None without."""
        wish = asked.picture
        if wish is None or not wish.shown or asked.region is not None:
            return None
        pool = hits if asked.on_pages else self._pool(asked, wish, hits)
        found = self.fitting(asked, wish, pool)
        if not found:
            return None
        numbered = tuple(replace(hit, rank=n) for n, hit in enumerate(found, start=1))
        return (
            "\n\n".join(
                f"**{plain(self.caption(hit.chunk))}** — {_place(hit.chunk)} [{number}]"
                for number, hit in enumerate(numbered, start=1)
            ),
            Context(hits=numbered),
        )

    def fitting(self, asked: Question, wish: PictureWish, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits whose pictures fit the wish, best first, one of each picture."""
        if not wish.label and set(content_stems(wish.subject)) <= _DOCUMENT:
            return self._of_kind(wish, hits)
        weights = self.importance(asked.part(wish.subject)) if wish.subject else {}
        importance = _weighed(weights, wish)
        shown: dict[tuple[object, ...], tuple[float, Hit]] = {}
        hits = [hit for hit in hits if _has_form(hit.chunk, wish)]
        ids = dict.fromkeys(mate for hit in hits for mate in hit.chunk.neighbours)
        mates = {chunk.id: chunk for chunk in self.fetch(list(ids))}
        for hit, near in [(hit, _by(hit.chunk, mates)) for hit in hits]:
            fit, key = _cover(hit.chunk, importance, near), _identity(hit.chunk)
            if fit >= MIN_COVER and (key not in shown or fit > shown[key][0]):
                shown[key] = fit, hit
        likely = sorted(shown.values(), key=_best_first)[:MAX_LOOKED_AT]
        best = [(fit + more, hit) for fit, hit in likely if (more := self._suits(hit.chunk, wish))]
        best.sort(key=_best_first)
        kept = [hit for fit, hit in best if fit >= NEAR_BEST * best[0][0]]
        return kept[: MAX_FIGURES if wish.several else 1]

    def _of_kind(self, wish: PictureWish, hits: Sequence[Hit]) -> list[Hit]:
        """Return the first pictures of a kind, whatever they show: `Is there a map?`."""
        kinds = {wish.thing} if wish.thing in _FORMS else _KINDS.get(wish.thing, frozenset())
        drawn = [hit for hit in hits if hit.chunk.role == "figure" and hit.chunk.image is not None]
        looks = [(hit, self.looks(hit.chunk)) for hit in drawn[:MAX_OF_KIND]]
        alike = [hit for hit, kind in looks if kind in kinds]
        alike = alike or [hit for hit, kind in looks if kind in _MAYBE.get(wish.thing, ())]
        shown = {_identity(hit.chunk): hit for hit in reversed(alike)}
        best = sorted(shown.values(), key=lambda hit: hit.rank)
        return best[: MAX_FIGURES if wish.several else 1]

    def _suits(self, chunk: Chunk, wish: PictureWish) -> float:
        if chunk.role == "table":
            return RIGHT_KIND
        kind = self.looks(chunk)
        if _says_nothing(kind, chunk) and wish.thing != "logo":
            return 0.0
        fits = {*_KINDS.get(wish.thing, ()), *_MAYBE.get(wish.thing, ())}
        return RIGHT_KIND if kind in fits else OTHER_KIND

    def _pool(self, asked: Question, wish: PictureWish, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits that a wished picture may be among, and what the best of them mention."""
        subject = asked if wish.label else asked.part(wish.subject or asked.text)
        pool = [*self.retriever.retrieve(subject, k=WISH_HITS), *hits]
        owners = {m: hit for hit in reversed(pool[:LINKED_HITS]) for m in hit.chunk.neighbours}
        linked = self.fetch(list(owners))
        pairs = [(owners[chunk.id], chunk) for chunk in linked]
        return [*pool, *(replace(hit, chunk=brought(chunk, hit)) for hit, chunk in pairs)]

    def _pictured(
        self, citation: Citation, answer: Answer, wish: PictureWish | None
    ) -> Chunk | None:
        """Return the chunk whose picture or table belongs by a citation; None if none does."""
        chunk, region = citation.chunk, answer.query.region
        if region is not None and region.id == chunk.id:  # the question shows it already
            return None
        if chunk.role == "table" or self.is_telling(chunk, wish):
            return chunk
        if wish is None:
            return None
        mates = (hit.chunk for hit in answer.context.hits if hit.chunk.place == chunk.place)
        return next((mate for mate in mates if self.is_telling(mate, wish)), None)

    def is_telling(self, chunk: Chunk, wish: PictureWish | None = None) -> bool:
        if chunk.image is None or chunk.role != "figure":
            return False
        kind = self.looks(chunk)
        return not _says_nothing(kind, chunk) or (wish is not None and wish.thing == "logo")

    def _figure(self, chunk: Chunk, position: int) -> Figure:
        doc = self.document(chunk.doc_id)  # once: a long one takes a while to be decoded
        pictured = list(_elements(doc, chunk))
        caption = _caption(chunk, pictured)
        element = pictured[0][0] if pictured else None
        provenances = element.provenances if element else chunk.provenances
        return Figure(
            citation=position,
            caption=caption,
            alt=_alt(caption, element.text if element else chunk.text),
            media_type=doc.media_type if doc else "",
            page=chunk.page,
            bbox=box_around([p for p in provenances if p.page == chunk.page]),
            image=chunk.image if chunk.role == "figure" else None,
        )

    def caption(self, chunk: Chunk) -> str:
        """Return the caption as one line; without one what it is called by, or its heading."""
        doc = self.document(chunk.doc_id) if chunk.image else None
        return _caption(chunk, list(_elements(doc, chunk)))


def _elements(doc: Document | None, chunk: Chunk) -> Iterator[tuple[Element, str]]:
    """Yield the elements that a chunk of a picture was made from, each with its caption."""
    if doc is None or chunk.image is None:
        return
    for element, following in zip(doc.elements, (*doc.elements[1:], None), strict=False):
        if element.image == chunk.image and element.page == chunk.page:
            is_caption = following is not None and following.role == "caption"
            yield element, following.text if following and is_caption else ""


def _caption(chunk: Chunk, pictured: Sequence[tuple[Element, str]]) -> str:
    own = next((said for _, said in pictured if said and not tells_scale_alone(said)), "")
    called = own or _labelled(chunk) or _called(chunk) or PurePosixPath(chunk.source).stem
    return _line(called).rstrip(" :")


def _weighed(importance: Mapping[str, float], wish: PictureWish) -> dict[str, float]:
    """Leave out the label's number, and words for a document: weights sum to 1 again."""
    number = wish.label.partition(" ")[2]
    kept = {s: weight for s, weight in importance.items() if s not in _DOCUMENT and s != number}
    whole = math.fsum(kept.values())
    return {stem_: weight / whole for stem_, weight in kept.items()} if whole else dict(importance)


def _best_first(one: tuple[float, Hit]) -> tuple[float, int, str]:
    fit, hit = one
    return -fit, hit.rank, hit.chunk.id


def _by(chunk: Chunk, mates: Mapping[str, Chunk]) -> str:
    """Return the text by a picture; "" for one that has words enough of its own."""
    if len(chunk.text.split()) > MAX_OWN_WORDS or chunk.role == "table":
        return ""
    near = (mates[key] for key in chunk.neighbours if key in mates)
    return " ".join(mate.text for mate in near if mate.place == chunk.place)


def _cover(chunk: Chunk, importance: Mapping[str, float], near: str) -> float:
    """Return how much of what is wished for stands on a picture, over it, or by it."""
    title = set(
        content_stems(f"{chunk.text.partition(chr(10))[0]} {' '.join(chunk.headings[-1:])}")
    )
    own = set(content_stems(chunk.text)) | title
    over = set(content_stems(f"{chunk.context} {' '.join(chunk.headings)}"))
    by = set(content_stems(near))
    return math.fsum(
        weight
        * max(
            (stem_ in own) * (1 + CAPTION * (stem_ in title)),
            ONLY_NEAR * (stem_ in over),
            BY_IT * (stem_ in by),
        )
        for stem_, weight in importance.items()
    )


def _has_form(chunk: Chunk, wish: PictureWish) -> bool:
    """Tell whether a chunk can be what is wished for: its form, and its number if one is named."""
    if wish.label and label_of(chunk.text) != wish.label:
        return False
    if wish.thing == "table":
        return chunk.role == "table" or chunk.image is not None
    return chunk.role == "figure" and chunk.image is not None


def _identity(chunk: Chunk) -> tuple[object, ...]:
    if chunk.role == "figure" and chunk.image is not None:
        return (chunk.image.id,)
    return chunk.doc_id, chunk.page, chunk.headings, chunk.text.partition("\n")[0]


def _labelled(chunk: Chunk) -> str:
    """Return the first line where it is a caption: it names its own number, or has no cells."""
    first = chunk.text.partition("\n")[0]
    is_caption = chunk.role == "table" and CELL_SEPARATOR not in first
    return first if label_of(first) or (is_caption and not tells_scale_alone(first)) else ""


def _called(chunk: Chunk) -> str:
    """Return the heading, or lettering that could be a title; of a table no cell."""
    if chunk.role == "table":
        return chunk.headings[-1] if chunk.headings else ""
    lines = (" ".join(line.split(CELL_SEPARATOR)[0].split()) for line in chunk.text.split("\n"))
    title = next((line for line in lines if _is_title(line)), "")
    if chunk.role == "figure" and title and len(words(chunk.text)) <= MAX_OWN_WORDS:
        return title
    return chunk.headings[-1] if chunk.headings else title


def _is_title(line: str) -> bool:
    said = words(line)
    return len(said) > 1 and sum(word.isalpha() for word in said) >= len(said) - 1


def _place(chunk: Chunk) -> str:
    name = without_marks(PurePosixPath(chunk.source).name)
    return name if chunk.page is None else f"page {chunk.page} of {name}"


def _line(text: str) -> str:
    words = " ".join(text.replace(CELL_SEPARATOR, " ").split())
    if len(words) <= CAPTION_LETTERS:
        return words
    return words[:CAPTION_LETTERS].rpartition(" ")[0] + " …"


def _alt(caption: str, ocr_text: str) -> str:
    said = ocr_text.replace(CELL_SEPARATOR, " ").split()
    words = " ".join(said[:ALT_WORDS])
    if not words or words.startswith(caption):
        return caption
    return f"{caption}. {words}{' …' if len(said) > ALT_WORDS else ''}"
