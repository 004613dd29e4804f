"""Makes documents and their elements, with provenance. Knows no file format.

Each line of a text gets its own provenance, so that a citation finds the line (or row). A table's
caption is what stands beside it ("Table 3: Rain"), and what the text above says of it, as no row
repeats it: the words that introduce it ("Cash flows were as follows ($ in millions):"), and a scale
that is declared for all below: "Notes (amounts in millions, except per share)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile, zip_longest
from typing import Final
from unicodedata import normalize

from msgspec import structs

from ingest.parsers.base.grid import Grid, Slot, split_titles, table_text, tidy
from rag.datamodel import (
    BBox,
    Document,
    Element,
    ImageAsset,
    Provenance,
    Role,
    SourceFile,
    places_within,
)
from rag.errors import SourceError
from rag.number_forms import told_scale
from rag.text import sentence_spans

DEEPEST_LEVEL: Final = 9
MAX_TITLE_LETTERS: Final = 300
MIN_DESCRIPTION_LETTERS: Final = 8
_FILE_NAME: Final = re.compile(
    r"(\S+|[^.\n]{1,60}|[a-z]:.*|[^\\/\n]*+[\\/].*)\.(png|jpe?g|gif|webp|svg|bmp|tiff?|emf|wmf)",
    re.IGNORECASE,
)
_MACHINE_REMARK: Final = re.compile(
    r"(Description automatically generated.*|AI[- ]generated content may be incorrect\.?"
    r"|AI 生成的内容可能不正确。?|(Beschreibung )?automatisch (generiert|erstellt).*)$",
    re.IGNORECASE,
)
_LIGATURE: Final = re.compile(r"[\ufb00-\ufb06]")
_SPACES: Final = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_TWO_NUMBERS: Final = re.compile(r"(?<=\d)\n(?=\d)")
_INVISIBLE: Final = dict.fromkeys(
    [*range(9), *range(0x0B, 0x20), 0x7F, 0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF]
)
_MEANINGLESS_TITLE: Final = re.compile(
    r"(?:microsoft |ms )?(?:word|excel|powerpoint)\b.*|untitled.*|title|document ?\d*|binder ?\d*.*"
    r"|pr[eä]sentation ?\d*|slide ?\d*|layout ?\d*|book ?\d*|.*\.(?:docx?|pptx?|xlsx?|pdf|indd|qxd"
    r"|qxp|ps|dvi|tex|rtf|odt|pub|html?|cdr|ai)",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Return `text` with single spaces, without invisible letters and empty lines."""
    visible = text.translate(_INVISIBLE)
    if not text.isascii():
        visible = _LIGATURE.sub(lambda match: normalize("NFKC", match.group()), visible)
    lines = (_SPACES.sub(" ", line).strip() for line in visible.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Return `text` cleaned, its lines as one; numbers of two lines stay two numbers."""
    cleaned = clean(text)
    return _TWO_NUMBERS.sub("; ", cleaned).replace("\n", " ") if "\n" in cleaned else cleaned


def document_of(
    file: SourceFile,
    elements: Iterable[Element],
    *titles: str | None,
    page_count: int = 0,
    warnings: Iterable[str] = (),
    dated: str = "",
) -> Document:
    """Return the content of a file, under the hash of its bytes and its one known path.

    It is called by the first of `titles` that says something about it.

    A heading that is all of a file without pages heads nothing: it is a note of one line.
    """
    introduced = tuple(with_introductions(tuple(elements)))
    elements = tuple(with_declared_scales(introduced))
    if len(elements) == 1 and not page_count and elements[0].role in {"title", "heading"}:
        elements = (replace(elements[0], role="paragraph", level=None),)
    return Document(
        id=file.sha256,
        sources=(file.source,),
        media_type=file.media_type,
        title=meaningful_title(*titles),
        page_count=page_count,
        elements=elements,
        warnings=tuple(warnings),
        dated=dated,
    )


def damaged(error: BaseException) -> SourceError:
    """Return the reason why a file is not read, by what was raised on its way."""
    first_line = str(error).strip().partition("\n")[0][:200]
    reason = ": ".join(filter(None, (type(error).__name__, first_line)))
    return SourceError(
        f"The file is damaged or not of its type ({reason}).",
        hint="Open and save it with the program that made it.",
    )


def line_provenances(
    text: str, *, page: int | None = None, bbox: BBox | None = None
) -> tuple[Provenance, ...]:
    """Return one provenance for each line that is not empty."""
    provenances = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            span = (start, start + len(line))
            provenances.append(Provenance(page=page, bbox=bbox, span=span))
        start += len(line) + 1
    return tuple(provenances)


def text_element(
    text: str,
    role: Role = "paragraph",
    *,
    level: int | None = None,
    page: int | None = None,
    bbox: BBox | None = None,
) -> list[Element]:
    """Return an element of this text, or none where it is blank. `code` keeps its spaces."""
    kept = text.strip("\n") if role == "code" else clean(text)
    depth = None if level is None else max(1, min(level, DEEPEST_LEVEL))
    return _made(kept, role, level=depth, page=page, bbox=bbox)


def _made(
    text: str, role: Role, *, level: int | None = None, page: int | None, bbox: BBox | None
) -> list[Element]:
    if not text.strip():
        return []
    places = line_provenances(text, page=page, bbox=bbox)
    return [Element(role=role, text=text, level=level, provenances=places)]


def text_elements(texts: Iterable[str]) -> list[Element]:
    return [element for text in texts for element in text_element(text)]


def heading(text: str, level: int, *, page: int | None = None) -> list[Element]:
    return text_element(one_line(text), "heading", level=level, page=page)


def list_element(items: Iterable[tuple[int, str]]) -> list[Element]:
    """Return one list; each item (depth from 0, its text with its mark) is a line."""
    lines = ["  " * min(depth, 8) + one_line(text) for depth, text in items if text.strip()]
    return _made("\n".join(lines), "list", page=None, bbox=None)


def table_element(
    grid: Grid, *, page: int | None = None, bbox: BBox | None = None
) -> list[Element]:
    """Return a table (header row first), or none where it has no text."""
    return _made(table_text(grid), "table", page=page, bbox=bbox)


def titled_table(
    slots: list[list[Slot]], heads: Sequence[bool] = (), *, otherwise: int | None = None
) -> list[Element]:
    """Return a table, the titles in merged rows at its top above it.

    `heads` says of each row whether the format calls it a header; where it calls none so, there are
    as many as `otherwise` says, or as it looks (None).
    """
    titles, rest = split_titles(slots)
    count = len(list(takewhile(bool, heads[len(slots) - len(rest) :])))
    return [*text_elements(titles), *table_element(tidy(rest, header_rows=count or otherwise))]


def row_places(table: Element, heights: Sequence[float], *, bbox: BBox | None) -> Element:
    """Return a table whose rows each have their part of its box, if all its rows are there."""
    total = sum(heights)
    if bbox is None or total <= 0 or len(heights) != len(table.provenances):
        return table
    places = []
    top = bbox.y0
    for place, height in zip(table.provenances, heights, strict=True):
        bottom = top + (bbox.y1 - bbox.y0) * height / total
        places.append(structs.replace(place, bbox=BBox.clamped(bbox.x0, top, bbox.x1, bottom)))
        top = bottom
    return replace(table, provenances=tuple(places))


def figure_element(
    image: ImageAsset, *, page: int | None = None, bbox: BBox | None = None
) -> Element:
    """Return a picture whose lettering has yet to be read."""
    places = (Provenance(page=page, bbox=bbox),) if page is not None or bbox is not None else ()
    return Element(role="figure", image=image, provenances=places, pending=True)


def meaningful_title(*candidates: str | None) -> str:
    """Return the first candidate that says something about the document, or ""."""
    for candidate in candidates:
        title = one_line(candidate or "")
        if title and not _MEANINGLESS_TITLE.fullmatch(title):
            return title[:MAX_TITLE_LETTERS]
    return ""


def description(alt: str) -> str:
    """Return what a picture says of itself, if that is more than a name; programs' remarks go."""
    words = _MACHINE_REMARK.sub("", one_line(alt)).strip()
    few = len(words) < MIN_DESCRIPTION_LETTERS or 2 * sum(map(str.isalpha, words)) < len(words)
    is_name = few or _FILE_NAME.fullmatch(words)
    return "" if is_name or (" " not in words and words.isascii()) else words


def comment_text(text: str, *, author: str, place: str = "") -> str:
    """Return what a person noted about a place, as such; "" where that is nothing."""
    by, on = f" by {author.strip()}" if author.strip() else "", f" on {place}" if place else ""
    return f"Note{by}{on}: {text}" if text.strip() else ""


def first_text(elements: Sequence[Element], *roles: Role) -> str:
    """Return the text of the first element of one of these roles, or ""."""
    return next((element.text for element in elements if element.role in roles), "")


CAPTION_LETTERS: Final = 600
_TABLE: Final = re.compile(
    r"(table|tab\.|tabelle|tableau|tabla|tabella|tabel)\s*[\dIVX]", re.IGNORECASE
)
_FIGURE: Final = re.compile(
    r"(figure|fig\.?|abbildung|abb\.?|figura|image|photo|chart|diagram|exhibit|grafik)\s*\d",
    re.IGNORECASE,
)


def place_captions(elements: Sequence[Element]) -> list[Element]:
    """Return the elements with each caption after its own; those above a table move below it."""
    placed = list(elements)
    at = 0
    while at < len(placed):
        element = placed[at]
        is_text = element.role in {"paragraph", "heading", "caption"}
        wanted = _named(element.text) if is_text and len(element.text) <= CAPTION_LETTERS else None
        caption = replace(element, role="caption", level=None)
        before = placed[at - 1].role if at else None
        after = placed[at + 1].role if at + 1 < len(placed) else None
        if wanted and after == wanted and (wanted == "table" or before != wanted):
            placed[at], placed[at + 1] = placed[at + 1], caption
            at += 1
        elif wanted and before == wanted:
            placed[at] = caption
        at += 1
    return joined_captions(placed)


def joined_captions(elements: Sequence[Element]) -> list[Element]:
    """Make one caption of several below a thing (its caption, and what it says of itself)."""
    joined: list[Element] = []
    for element in elements:
        before = joined[-1] if joined else None
        if before is not None and before.role == element.role == "caption":
            texts = sorted((before.text, element.text), key=lambda text: not _named(text))
            joined[-1:] = text_element("\n".join(texts), "caption")
        else:
            joined.append(element)
    return joined


def _named(text: str) -> Role | None:
    """Return what kind of thing a caption names; None where it is another text."""
    if _TABLE.match(text):
        return "table"
    return "figure" if _FIGURE.match(text) else None


_INTRODUCTION_LETTERS: Final = 300
_TITLE_LINE_LETTERS: Final = 120
"""A line without a colon is a title ("Six Months", "$ in millions") if it is as short as this."""

_ENDS: Final = tuple(".!?;,。！？")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")

_LAST_BRACKET: Final = re.compile(r"\([^()]{1,200}\)$")
_MONEY: Final = re.compile(r"[$€£¥]\s?\(?\d")
_HEADER_ROWS: Final = 2


def with_introductions(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements; of a paragraph above a table what introduces it follows it."""
    caption: Element | None = None
    for element, below, after in zip_longest(elements, elements[1:], elements[2:]):
        if caption is not None:
            yield element
            yield caption
            caption = None
        elif (start := _introduction(element, below, after)) is None:
            yield element
        else:
            caption = replace(_part(element, start, len(element.text)), role="caption")
            if before := element.text[:start].rstrip():
                yield _part(element, 0, len(before))


def _introduction(element: Element, below: Element | None, after: Element | None) -> int | None:
    """Return where in an element the words begin that introduce the table below, if it has some."""
    is_above_table = below is not None and below.role == "table" and below.page == element.page
    has_caption = after is not None and after.role == "caption"
    if element.role != "paragraph" or not is_above_table or has_caption or not element.text:
        return None
    start = sentence_spans(element.text)[-1][0]
    said = element.text[start:].strip()
    if said.endswith((":", "：")):
        return start if len(said) <= _INTRODUCTION_LETTERS else None
    is_short = len(element.text) <= _TITLE_LINE_LETTERS
    is_closed = said.rstrip("\"'”’») ").endswith(_ENDS)
    return 0 if is_short and not is_closed and len(_WORD.findall(element.text)) > 1 else None


def _part(element: Element, start: int, end: int) -> Element:
    """Return an element's text from `start` to `end`, with the places of just that part."""
    places = places_within(element.provenances, start, end)
    return replace(element, text=element.text[start:end], provenances=places)


def with_declared_scales(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements; each table with money that tells no scale has the last declared one.

    It is the last line of the table's caption, which directly follows it.
    """
    declared = ""
    around = zip((None, *elements), elements, (*elements[1:], None), strict=False)
    for above, element, below in around:
        table = above if element.role == "caption" else element
        is_captioned = below is not None and below.role == "caption"
        if table is None or table.role != "table":
            declared = _declared(element) or declared
            yield element
        elif not declared or (table is element and is_captioned):
            yield element
        else:
            yield from _with_scale(table, element, declared)


def _declared(element: Element) -> str:
    bracket = _LAST_BRACKET.search(element.text.rstrip())
    is_text = element.role in {"heading", "paragraph"}
    return bracket.group() if is_text and bracket and told_scale(bracket.group()) else ""


def _with_scale(table: Element, last: Element, declared: str) -> Iterator[Element]:
    """Yield a table without a caption, or its caption, with the scale where it tells none."""
    header = table.text.split("\n")[:_HEADER_ROWS]
    said = "\n".join([*header, last.text if last is not table else ""])
    if told_scale(said) or not _MONEY.search(table.text):
        yield last
    elif last is table:
        yield table
        place = Provenance(page=table.page, span=(0, len(declared)))
        yield Element(role="caption", text=declared, provenances=(place,))
    else:
        yield replace(last, text=f"{last.text}\n{declared}")
