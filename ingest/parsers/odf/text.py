"""OpenDocument texts (.odt): headings, paragraphs, lists, tables, notes and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from ingest.parsers.base.elements import heading, list_element, place_captions, text_element
from ingest.parsers.base.office.markup import XmlNode, margin_element
from ingest.parsers.odf.odf import (
    NAMES,
    OdfPackage,
    comment_of,
    lines_of,
    name,
    number,
    paragraph_text,
    styles_of,
    table_elements,
)
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_LEFT_OUT: Final = frozenset(
    map(
        name,
        "text:tracked-changes text:table-of-content text:alphabetical-index "
        "text:illustration-index text:table-index office:annotation "
        "office:forms text:sequence-decls".split(),
    )
)
_INNER: Final = tuple(map(name, ("draw:frame", "text:note-body", "office:annotation")))
_MARGINS: Final = {
    kind: tuple(name(f"style:{kind}{page}") for page in ("", "-first", "-left"))
    for kind in ("header", "footer")
}
_TITLE_STYLES: Final = frozenset({"Title", "Subtitle"})


def parse_odf_text(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODT; has no pages of its own."""
    with OdfPackage(file, assets, settings=settings) as package:
        body = place_captions(_OdfTextReader(package).blocks(package.body("office:text")))
        top, foot = (margin_element(_margin(package.styles, tags)) for tags in _MARGINS.values())
        return package.document([*top, *body, *foot])


def _margin(styles: XmlNode | None, tags: tuple[str, ...]) -> Iterator[str]:
    for node in () if styles is None else styles.iter(*tags):
        if node.get(name("style:display")) != "false":
            yield from lines_of(node)


class _OdfTextReader:
    def __init__(self, package: OdfPackage) -> None:
        self._package = package
        self._styles = styles_of(package.content)
        self._numbered = _numbered(package.content)

    def blocks(self, parent: XmlNode) -> list[Element]:
        elements: list[Element] = []
        for node in parent:
            if node.tag not in _LEFT_OUT and isinstance(node.tag, str):
                elements += self._block(node)
        return elements

    def _block(self, node: XmlNode) -> list[Element]:
        if node.tag == name("text:h"):
            level = number(node, "text:outline-level", 1)
            return heading(paragraph_text(node), level) + self._inner_elements(node)
        if node.tag == name("text:p"):
            style = node.get(name("text:style-name"), "")
            is_title = self._styles.get(style, (style, None))[0] in _TITLE_STYLES
            made = text_element(paragraph_text(node), "title" if is_title else "paragraph")
            return made + self._inner_elements(node)
        if node.tag == name("text:list"):
            is_numbered = node.get(name("text:style-name"), "") in self._numbered
            items = _items(node, 0, is_numbered=is_numbered)
            return list_element(items) + self._inner_elements(node)
        if node.tag == name("table:table"):
            return table_elements(node) + self._inner_elements(node)
        if node.tag == name("draw:frame"):
            return self._frame(node)
        return self.blocks(node)

    def _inner_elements(self, node: XmlNode) -> list[Element]:
        """Return the frames, notes and comments that stand in a block."""
        elements: list[Element] = []
        for inner in node.iter(*_INNER):
            if inner.tag == name("office:annotation"):
                elements += text_element(comment_of(inner))
            elif inner.tag == name("text:note-body"):
                elements += text_element(" ".join(map(paragraph_text, inner)))
            around = takewhile(lambda one: one is not node, inner.iterancestors())
            if inner.tag == name("draw:frame") and all(one.tag != inner.tag for one in around):
                elements += self._frame(inner)
        return elements

    def _frame(self, frame: XmlNode) -> list[Element]:
        elements = self._package.picture(frame)
        for box in frame.findall("draw:text-box", NAMES):
            words = self.blocks(box)
            figures = [e for e in words if e.role == "figure"]
            elements += [*figures, *(e for e in words if e.role != "figure")]
        return elements


def _numbered(root: XmlNode | None) -> frozenset[str]:
    """Return the list styles whose outermost items are numbered."""
    styles = [] if root is None else root.findall("office:automatic-styles/text:list-style", NAMES)
    return frozenset(
        style.get(name("style:name"), "")
        for style in styles
        if any(
            level.tag == name("text:list-level-style-number")
            and number(level, "text:level", 1) == 1
            for level in style
        )
    )


def _items(node: XmlNode, depth: int, *, is_numbered: bool) -> Iterator[tuple[int, str]]:
    count = 0
    for item in node:
        if item.tag not in {name("text:list-item"), name("text:list-header")}:
            continue
        words = [paragraph_text(p) for p in item if p.tag in {name("text:p"), name("text:h")}]
        if any(words):
            count += 1
            yield depth, (f"{count}. " if is_numbered else "- ") + " ".join(words)
        for inner in item.findall("text:list", NAMES):
            yield from _items(inner, depth + 1, is_numbered=False)
