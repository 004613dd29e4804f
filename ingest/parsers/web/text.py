"""The words of a part of a page: of a heading, a cell, a list, a table. Knows no elements of ours.

What the look of words means is written into them: struck, raised, lowered, formulas (MathML); of
ruby the base stays, its reading goes. Tables are told from mere layout, merged cells resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree, html

from ingest.parsers.base.elements import titled_table
from ingest.parsers.base.formatting import Place, math_text, placed, shown_in, struck
from ingest.parsers.base.grid import GridCell, resolve_spans, split_titles
from ingest.parsers.web.styles import ALIGN, LINES, Styles
from rag.datamodel import Element

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main menu ol p pre section "
    "summary table tbody tfoot thead tr ul".split()
)
"""Tags that begin and end a paragraph."""

_LISTS = frozenset({"ul", "ol", "menu", "dl"})
_ITEMS = frozenset({"li", "dt"})
_MAX_DIGITS = 9
_BREAK = "\v"
_TWO_NUMBERS = re.compile(rf"(?<=\d)\s*{_BREAK}\s*(?=\d)")
"""Where a line ends between two numbers, they stay two."""


def inline_text(node: html.HtmlElement) -> str:
    """Return the words of a node on one line; blocks divide words, and list items by `;`."""
    if len(node) == 0:  # most cells: ten times faster
        return " ".join((node.text or "").split())
    parts: list[str] = []
    for event, inner in etree.iterwalk(node, events=("start", "end")):
        if inner.tag in BLOCK_TAGS or inner.tag in {"br", "td", "th"}:
            parts.append(_BREAK)
        if inner.tag == "li" and event == "start" and inner.getprevious() is not None:
            parts[-1] = "; "
        if event == "start":
            parts.append(inner.text or "")
        elif inner is not node:
            parts.append(inner.tail or "")
    text = _TWO_NUMBERS.sub("; ", "".join(parts))
    return " ".join(text.split()).replace(" ; ", "; ")


def list_items(root: html.HtmlElement) -> list[tuple[int, str]]:
    """Return (depth, text with its mark) of each item of a list, nested ones after theirs."""
    items: list[tuple[int, str, list[str]]] = []  # depth, mark, words
    open_items: list[list[str]] = []
    numbers: dict[html.HtmlElement, int] = {}  # of the last item of each ordered list
    depth = -1
    for event, node in etree.iterwalk(root, events=("start", "end")):
        started = event == "start"
        if node.tag in _LISTS:
            depth += 1 if started else -1
        elif node.tag in _ITEMS and started:
            items.append((max(0, depth), _mark(node, numbers), []))
            open_items.append(items[-1][2])
        elif node.tag == "dd" and started and open_items:
            open_items[-1].append(": ")
        if open_items:
            open_items[-1].append(" " if node.tag in BLOCK_TAGS or node.tag == "br" else "")
            open_items[-1].append(node.text or "" if started else "")
        if node.tag == "li" and not started and open_items:
            open_items.pop()
        if not started and open_items and node is not root:
            open_items[-1].append(node.tail or "")
    lines = ((depth, mark, " ".join("".join(words).split())) for depth, mark, words in items)
    return [
        (depth, f"{mark} {words.replace(' : ', ': ')}".strip())
        for depth, mark, words in lines
        if words
    ]


def _mark(item: html.HtmlElement, numbers: dict[html.HtmlElement, int]) -> str:
    parent = item.getparent()
    if item.tag == "dt":
        return ""
    if parent is None or parent.tag != "ol":
        return "-"
    first = parent.get("start") or "1"
    is_number = first.isdecimal() and len(first) <= _MAX_DIGITS
    numbers[parent] = numbers.get(parent, int(first) - 1 if is_number else 0) + 1
    return f"{numbers[parent]}."


LAYOUT_LETTERS: Final = 600
"""A cell with more words than this is an article beside another, not a datum."""

_CELLS: Final = ("td", "th")


def is_layout(table: html.HtmlElement) -> bool:
    """Say whether a table only places things: nested tables, one column, or long prose."""
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return True
    rows = 0
    has_prose, has_columns = False, False
    for rows, row in enumerate(_rows(table), 1):
        letters = [len(text) for cell in row if (text := inline_text(cell))]
        has_columns = has_columns or len(letters) > 1
        has_prose = has_prose or max(letters, default=0) > LAYOUT_LETTERS
        if rows > 1 and has_columns:
            return False
    return not has_columns or has_prose


def read_table(table: html.HtmlElement) -> list[Element]:
    """Return a table without empty lanes, and the titles in rows at its top above it."""
    rows = [row for row in _rows(table) if row]
    grid = [list(map(_cell, row)) for row in rows]
    heads = [
        all(_is_head(one) or not cell.text for one, cell in zip(row, cells, strict=True))
        for row, cells in zip(rows, grid, strict=True)
    ]
    slots = resolve_spans(grid)
    below = rows[len(slots) - len(split_titles(slots)[1]) :]
    has_row_heads = any(_is_head(row[0]) for row in below)
    return titled_table(slots, heads, otherwise=0 if has_row_heads else None)


def _cell(cell: html.HtmlElement) -> GridCell:
    rows, columns = _span(cell.get("rowspan")), _span(cell.get("colspan"))
    return GridCell(text=inline_text(cell), rows=rows, columns=columns)


def _is_head(cell: html.HtmlElement) -> bool:
    return bool(cell.tag == "th" or cell.getparent().getparent().tag == "thead")


def _rows(table: html.HtmlElement) -> Iterator[list[html.HtmlElement]]:
    for row in table.iter("tr"):
        yield [cell for cell in row if cell.tag in _CELLS]


def _span(value: str | None) -> int:
    return max(1, int(value)) if value and value.isdecimal() and len(value) < 6 else 1  # noqa: PLR2004 - a sane number


_PLACES: Final[dict[str, Place]] = {"sup": "raised", "super": "raised", "sub": "lowered"}
_STRUCK_TAGS: Final = frozenset({"s", "strike", "del"})
_RUBY: Final = ("rt", "rp", "rtc")
_LOOKS: Final = (
    ".//s | .//strike | .//del | .//sup | .//sub"
    " | .//*[contains(@style, 'decoration') or contains(@style, 'vertical-align')]"
)
_SIGNS: Final = ".//*[@face or contains(@style, 'dings') or contains(@style, 'Symbol')]"
_FAMILY: Final = re.compile(r"font-family\s*:\s*[\"']?([^;,\"']+)", re.IGNORECASE)
_DIVIDING: Final = BLOCK_TAGS | {"br", "td", "th"}
_LOOK_BACK: Final = 4
_SPACES: Final = re.compile(r"\s+")


def mark_formatting(part: html.HtmlElement, *, styles: Styles) -> None:
    """Write marks into the words of a page."""
    for node in list(part.iter(*_RUBY)):
        node.drop_tree()
    for node in list(part.iter("math")):
        _replace(node, math_text(node))
    for node in part.xpath(_SIGNS):
        family = _FAMILY.search(node.get("style") or "")
        node.text = shown_in(family.group(1) if family else node.get("face") or "", node.text or "")
    is_styled = "line-through" in styles.text or "vertical-align" in styles.text
    done: set[html.HtmlElement] = set()
    for node in part.xpath(".//*" if is_styled else _LOOKS):
        style = styles.of(node)
        place = _place(node, style)
        if place:
            _replace(node, placed(_text(node), place, before=_before(node), following=_after(node)))
        lines = LINES.search(style)
        is_struck = "line-through" in lines[1] if lines else node.tag in _STRUCK_TAGS
        if is_struck and done.isdisjoint(node.iterancestors()):
            done.add(node)
    for inner in (inner for node in done for inner in node.iter()):  # each piece by itself
        inner.text = struck(_SPACES.sub(" ", inner.text or ""))
        if inner not in done:
            inner.tail = struck(_SPACES.sub(" ", inner.tail or ""))


def _place(node: html.HtmlElement, style: str) -> Place:
    """Return the place of an element's words; none where it holds a picture or blocks."""
    aligned = ALIGN.search(style)
    place = _PLACES.get(aligned[1] if aligned else str(node.tag), "")
    return place if place and not any(one.tag in {*_DIVIDING, "img"} for one in node.iter()) else ""


def _text(node: html.HtmlElement) -> str:
    return str(node.text_content())


def _replace(node: html.HtmlElement, text: str) -> None:
    for child in list(node):
        node.remove(child)
    node.text = text


def _before(node: html.HtmlElement) -> str:
    """Return the words right before an element, in its line."""
    for _ in range(_LOOK_BACK):
        previous, parent = node.getprevious(), node.getparent()
        if previous is None and parent is None:
            break
        if previous is not None:
            is_end = previous.tag in _DIVIDING
            said = previous.tail or ("" if is_end else _text(previous))
            node = previous
        else:
            is_end, said, node = parent.tag in _DIVIDING, parent.text or "", parent
        if said or is_end:
            return said
    return ""


def _after(node: html.HtmlElement) -> Sequence[tuple[Place, str]]:
    """Return the words after an element up to the end of the next one, with their places."""
    following = node.getnext()
    if following is None:
        return []
    return [("", node.tail or ""), (_PLACES.get(str(following.tag), ""), _text(following))]
