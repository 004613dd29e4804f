"""Each wrong answer of a report as a card: asked, expected, answered, found, and why it is wrong.

Knows records and pictures; knows no metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.evaluation.html.album import Album, Mark
from rag.evaluation.html.parts import place_name, text
from rag.evaluation.measures.places import pages_in, place_of
from rag.evaluation.records.report import CitationRecord, Gold, HitRecord, QuestionRecord

SHOWN_PLACES: Final = 3
"""Places among the found and cited that are shown with a picture."""

LISTED_HITS: Final = 10
_EXCERPT_LETTERS: Final = 280
_GOLD_PAGES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedPage:
    """One page that was retrieved, with all that the answer cites of it."""

    source: str
    page: int | None
    hit: HitRecord | None
    citations: tuple[CitationRecord, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What was cited is drawn over what was found."""
        found = self.hit.boxes if self.hit else ()
        cited = [box for citation in self.citations for box in citation.boxes]
        return (
            *(Mark(box=box, kind="found") for box in found),
            *(Mark(box=box, kind="cited") for box in dict.fromkeys(cited)),
        )

    @property
    def words(self) -> str:
        """The cited words, else the beginning of the hit."""
        quotes = dict.fromkeys(citation.quote for citation in self.citations if citation.quote)
        return " … ".join(quotes) or (self.hit.text if self.hit else "")


def places_of(record: QuestionRecord) -> list[RetrievedPage]:
    """Return the pages to show, best hit first: those cited, then the best hits on others."""
    hits: dict[tuple[str, int | None], HitRecord] = {}
    for hit in sorted(record.hits, key=lambda hit: hit.rank):
        hits.setdefault((hit.source, hit.page), hit)
    keys = dict.fromkeys([*((c.source, c.page) for c in record.citations), *hits])
    shown = [
        RetrievedPage(
            source=source,
            page=page,
            hit=hits.get((source, page)),
            citations=tuple(c for c in record.citations if (c.source, c.page) == (source, page)),
        )
        for source, page in list(keys)[:SHOWN_PLACES]
    ]
    return sorted(shown, key=lambda found: found.hit.rank if found.hit else len(keys) + 1)


def wrong_card(record: QuestionRecord, album: Album) -> str:
    """Return the card; `data-` attributes are what the page's filter looks at."""
    labels = (label for name in record.labels for label in record.labels[name])
    kinds = [kind for kind in (record.modality, record.file_type, *labels) if kind]
    tags = "".join(f'<span class="tag">{text(kind)}</span>' for kind in kinds)
    return (
        f'<article class="wrong" data-kinds="{text("|".join(kinds))}" '
        f'data-outcome="{_outcome(record)}" data-confidence="{record.confidence:.4f}">'
        f'<header><span class="id">{text(record.id)}</span>{tags}</header>'
        f"{_conversation(record)}<h3>{text(record.question) or '(a picture)'}</h3>"
        f'{_searched(record)}<p class="why">{text(record.why)}</p>{_answers(record)}'
        f'<div class="regions">{_gold_regions(record, album)}{_found_regions(record, album)}</div>'
        f"{_hit_list(record)}</article>"
    )


def _outcome(record: QuestionRecord) -> str:
    """Name the kind of failure for the filter."""
    if record.answerable is False:
        return "unanswerable"
    return "answered" if record.answered else "refused"


def _conversation(record: QuestionRecord) -> str:
    if not record.history:
        return ""
    lines = "".join(
        f"<li><b>{'Question' if message.get('role') == 'user' else 'Answer'}</b> "
        f"{text(_short(message.get('content', '')))}</li>"
        for message in record.history
    )
    return f'<ul class="history" aria-label="Earlier in the conversation">{lines}</ul>'


def _searched(record: QuestionRecord) -> str:
    told = ""
    if record.image:
        told += f'<p class="searched">With the picture {text(record.image)}</p>'
    if record.standalone_query and record.standalone_query != record.question:
        told += f'<p class="searched">Searched as: {text(record.standalone_query)}</p>'
    return told


def _answers(record: QuestionRecord) -> str:
    words = _with_expected(_lines(record.answer), record) or "(nothing)"
    given = "answered" if record.answered else "no answer"
    return (
        f'<dl><div><dt>Expected</dt><dd class="expected">{_expected(record)}</dd></div>'
        f"<div><dt>Got <small>{given}, confidence {record.confidence:.2f}</small></dt>"
        f'<dd class="got">{words}</dd></div></dl>'
    )


def _expected(record: QuestionRecord) -> str:
    if record.answerable is False:
        return "no answer: the documents do not say"
    if record.nuggets:
        return " <i>and</i> ".join(map(_forms, record.nuggets))
    if record.match == "any":
        return _forms(record.expected)
    return " <i>and</i> ".join(f"<q>{text(answer)}</q>" for answer in record.expected)


def _forms(forms: Sequence[str]) -> str:
    """Return the forms of one fact."""
    return " <i>or</i> ".join(f"<q>{text(form)}</q>" for form in forms)


def _gold_regions(record: QuestionRecord, album: Album) -> str:
    """Return where the answer stands, as far as the question tells it."""
    if record.answerable is False:
        return ""
    gold = record.gold
    marks = (Mark(box=gold.bbox, kind="gold"),) if gold.bbox else ()
    regions = []
    for source, page in _gold_places(gold):
        image = album.image(source, page, marks, alt="Where the answer stands")
        words = f'<p class="excerpt">{text(_short(gold.evidence))}</p>' if gold.evidence else ""
        caption = f"<b>The answer stands here</b> {place_name(source, page)}"
        regions.append(_region("gold", caption, image or _no_picture(page), words))
    return "".join(regions)


def _gold_places(gold: Gold) -> list[tuple[str, int | None]]:
    places = [
        (source, page) for source in gold.sources for page in pages_in(source, gold) or (None,)
    ]
    return places[:_GOLD_PAGES]


def _found_regions(record: QuestionRecord, album: Album) -> str:
    return "".join(_found_region(found, record, album) for found in places_of(record))


def _found_region(found: RetrievedPage, record: QuestionRecord, album: Album) -> str:
    image = album.image(found.source, found.page, found.marks, alt="What was found")
    cited = "".join(f"[{mark}]" for mark in sorted({c.mark for c in found.citations}))
    label = " ".join(
        part
        for part in (
            f"Hit {found.hit.rank}" if found.hit else "",
            f"cited {cited}" if cited else "",
        )
        if part
    )
    caption = f"<b>{label}</b> {place_name(found.source, found.page)}{_is_gold(found, record)}"
    words = f'<p class="excerpt">{_with_expected(_short(found.words), record)}</p>'
    return _region("cited" if cited else "found", caption, image, words)


def _is_gold(found: RetrievedPage, record: QuestionRecord) -> str:
    if not record.gold.sources or record.answerable is False:
        return ""
    if place_of(found, record.gold) is not None:
        what = "file" if found.page is None else "page"
        return f' <span class="verdict better">right {what}</span>'
    if found.source in record.gold.sources:
        return ' <span class="verdict unclear">right file, other page</span>'
    return ' <span class="verdict worse">other file</span>'


def _region(kind: str, caption: str, image: str, words: str) -> str:
    return (
        f'<figure class="region {kind}"><figcaption>{caption}</figcaption>{image}{words}</figure>'
    )


def _no_picture(page: int | None) -> str:
    return "" if page is not None else '<p class="remark">There is no page to show.</p>'


def _hit_list(record: QuestionRecord) -> str:
    if not record.hits:
        return '<p class="remark">Nothing was retrieved.</p>'
    items = "".join(_hit_item(hit, record) for hit in record.hits[:LISTED_HITS])
    count = min(LISTED_HITS, len(record.hits))
    return f"<details><summary>The first {count} hits</summary><ol>{items}</ol></details>"


def _hit_item(hit: HitRecord, record: QuestionRecord) -> str:
    found = RetrievedPage(source=hit.source, page=hit.page, hit=hit)
    return (
        f'<li value="{hit.rank}">{place_name(hit.source, hit.page)}{_is_gold(found, record)}'
        f' <small>score {hit.score:.3f}</small><p class="excerpt">'
        f"{_with_expected(_short(hit.text), record)}</p></li>"
    )


def _lines(answer: str) -> str:
    return "\n".join(line for line in answer.splitlines() if line.strip())


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _EXCERPT_LETTERS else flat[:_EXCERPT_LETTERS].rstrip() + " …"


def _with_expected(words: str, record: QuestionRecord) -> str:
    """Return the words as HTML, accepted answers among them in `<mark>`."""
    parts, at = [], 0
    for start, end in _expected_spans(words, record.accepted):
        parts += [text(words[at:start]), f"<mark>{text(words[start:end])}</mark>"]
        at = end
    return "".join([*parts, text(words[at:])])


def _expected_spans(words: str, expected: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where accepted answers stand, not inside longer words or numbers."""
    known = sorted({answer.strip() for answer in expected} - {""}, key=len, reverse=True)
    if not known:
        return
    pattern = "|".join(map(re.escape, known))
    for match in re.finditer(rf"(?<![\w.])(?:{pattern})(?!\w|\.\d)", words, re.IGNORECASE):
        yield match.span()
