"""JSON, JSON lines, YAML and XML: their values as they are written. Nothing is made of them.

Records are tables, the rest is headings and lines of `key: value`; what goes on too long or too
deep is cut, with a warning. YAML is read as a graph of nodes (PyYAML), so no tag makes an object;
aliases are followed within limits. XML that defines entities is refused. Jupyter notebooks
(nbformat 4) are JSON: their notes, code and what it printed, in order; nothing is run.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt

from ingest.discovery.encoding import decode_text
from ingest.discovery.formats import JSON, XML, YAML
from ingest.parsers.base.elements import (
    DEEPEST_LEVEL,
    document_of,
    heading,
    table_element,
    text_element,
    text_elements,
)
from ingest.parsers.base.formatting import PLAIN, Look, Run, marked, math_text
from ingest.parsers.base.office import XmlNode, local_name, xml_tree
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.text.plain import PARAGRAPH_LETTERS, divide_text, plain_elements
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, Element, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_VALUES: Final = 100_000
"""More than anyone asks about; also what aliases of aliases come to."""

DEEPEST: Final = 40
LINE_LETTERS: Final = 300
"""Longer texts are paragraphs of their own."""

CELL_LETTERS: Final = 500
OUTPUT_LETTERS: Final = 4_000
MAX_COLUMNS: Final = 200
MAX_RECORDS: Final = 50_000
DEEPEST_YAML: Final = 300
"""YAML nested deeper is refused: reading it takes a call for each level."""

MAX_NODES: Final = 50_000
_TITLES: Final = ("title", "name", "Title", "Name", "titel")
_WORDS: Final = {None: "", True: "true", False: "false"}


class Pairs(list[tuple[str, "Value"]]):
    """Keys and their values in order; a key may come twice."""


Value = str | Pairs | list["Value"]


def parse_structured(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Data in one of the usual text formats."""
    data = file.at.read_bytes()
    text = "" if file.media_type == XML.media_type else decode_text(data)
    read = {JSON.media_type: _json, YAML.media_type: _yaml}.get(file.media_type, _json_lines)
    value = _xml(data) if file.media_type == XML.media_type else read(text)
    if value is None:
        kind = "YAML" if file.media_type == YAML.media_type else "JSON"
        warnings = [f"it is no whole {kind}; read as text"]
        return document_of(file, plain_elements(text), warnings=warnings)
    named = _named(value)
    if file.media_type == JSON.media_type and {"cells", "nbformat"} <= named.keys():
        pictures = Pictures(assets)
        cells = map(_named, named["cells"])
        elements = [element for cell in cells for element in _cell_elements(cell, pictures)]
        return document_of(file, elements, warnings=pictures.warnings)
    reader = RecordReader()
    elements = reader.elements(value)
    titles = (words for key in _TITLES if isinstance(words := named.get(key), str) and words)
    return document_of(file, elements, next(titles, ""), warnings=reader.warnings)


def _named(value: Value | tuple[str, Value]) -> dict[str, Value]:
    return dict(value) if isinstance(value, Pairs) else {}


class RecordReader:
    """Turns the values of one document into elements; `warnings` tell what was cut."""

    def __init__(self) -> None:
        self.warnings: dict[str, None] = {}
        self._left = MAX_VALUES

    def elements(self, value: Value, level: int = 1) -> list[Element]:
        """Return the elements of a value; keys on this level are headings of it."""
        if isinstance(value, str):
            return text_elements(divide_text(value, PARAGRAPH_LETTERS) if self._spend() else ())
        if level > DEEPEST:
            self.warnings["what is nested deepest was left out"] = None
            return []
        if isinstance(value, Pairs):
            return self._entries(value, level)
        return self._table(value) or self._entries((("", item) for item in value), level)

    def _entries(self, entries: Iterable[tuple[str, Value]], level: int) -> list[Element]:
        """Return runs of short values as lines, and each larger value below its key."""
        elements: list[Element] = []
        lines: list[str] = []
        for key, value in entries:
            if not self._spend():
                break
            line = _line(key, value)
            if line is not None:
                lines += [line] if line else []
                continue
            elements += text_element("\n".join(lines))
            lines = []
            made = self.elements(value, level + 1)
            head = heading(key[:LINE_LETTERS], min(level, DEEPEST_LEVEL)) if made else []
            elements += head + made
        return elements + text_element("\n".join(lines))

    def _table(self, items: list[Value]) -> list[Element]:
        """Return two records or more as a table; none where they have little in common."""
        records = [item for item in items if isinstance(item, Pairs)]
        if len(records) < max(2, len(items)):
            return []
        keys = list(dict.fromkeys(key for record in records for key, _ in record))
        is_even = 2 * sum(map(len, records)) >= len(keys) * len(records)
        values = (value for record in records for _, value in record)
        are_short = all(len(_cell(value)) < CELL_LETTERS for value in values)
        if len(keys) > MAX_COLUMNS or not is_even or not are_short:
            return []
        rows = []
        for record in records[:MAX_RECORDS]:
            if not self._spend(len(keys)):
                break
            cells = {key: _cell(value) for key, value in record}
            rows.append([cells.get(key, "") for key in keys])
        if len(records) > MAX_RECORDS:
            self.warnings[f"only the first {MAX_RECORDS:,} records were read"] = None
        return table_element([keys, *rows])

    def _spend(self, count: int = 1) -> bool:
        self._left -= count
        if self._left < 0:
            self.warnings[f"only the first {MAX_VALUES:,} values were read"] = None
        return self._left >= 0


def _line(key: str, value: Value) -> str | None:
    """Return a short value as a line ("": nothing to say); None where it needs more room."""
    if not value:
        return ""
    texts = [value] if isinstance(value, str) else [] if isinstance(value, Pairs) else value
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    joined = ", ".join(map(str, texts)).strip()
    if len(joined) > LINE_LETTERS or (isinstance(value, str) and "\n" in joined):
        return None
    return f"{key}: {joined}" if key and joined else joined


def _cell(value: Value, depth: int = 0) -> str:
    """Return the words of a value as far as a cell shows them."""
    words = ""
    if isinstance(value, str):
        words = value
    elif depth < DEEPEST and isinstance(value, Pairs):
        words = " ".join(f"{key}: {_cell(inner, depth + 1)}" for key, inner in value[:CELL_LETTERS])
    elif depth < DEEPEST and not isinstance(value, Pairs):
        words = ", ".join(_cell(inner, depth + 1) for inner in value[:CELL_LETTERS])
    return words[:CELL_LETTERS]


def _cell_elements(cell: dict[str, Value], pictures: Pictures) -> Iterator[Element]:
    """Yield the elements of a notebook's cell."""
    source = _text(cell.get("source", ""))
    if cell.get("cell_type") == "markdown":
        html = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").render(source)
        yield from page_elements(html, pictures=pictures)[1]
        return
    yield from text_element(source, "code")
    for output in map(_named, cell.get("outputs", "")):
        shown = _named(output.get("data", ""))
        picture = _text(shown.get("image/png") or shown.get("image/jpeg") or "")
        page = _text(shown.get("text/html", ""))
        if picture:
            with suppress(ValueError):  # no base64
                yield from pictures.figure(base64.b64decode(picture))
        elif page:
            yield from page_elements(page, pictures=pictures)[1]
        else:
            text = _text(output.get("text") or shown.get("text/plain", ""))
            yield from text_element(text[:OUTPUT_LETTERS], "code")


def _text(value: Value) -> str:
    """Return a notebook's text, which may be divided into lines, without escapes of a terminal."""
    return "".join(part for part in value if isinstance(part, str)).replace("\x1b", "")


def _json(text: str) -> Value | None:
    """Return the value; several one after the other where each has its line; None if broken."""
    with suppress(ValueError):
        return _plain(json.loads(text, object_pairs_hook=Pairs))
    return _json_lines(text) if "\n" in text.strip() else None


def _json_lines(text: str) -> Value | None:
    lines = filter(str.strip, text.split("\n"))
    with suppress(ValueError):
        return [_plain(json.loads(line, object_pairs_hook=Pairs)) for line in lines]
    return None


def _plain(value: Any) -> Value:  # noqa: ANN401 - what json makes
    if isinstance(value, Pairs):
        return Pairs((key, _plain(inner)) for key, inner in value)
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return _WORDS[value] if value is None or isinstance(value, bool) else str(value)


def _yaml(text: str) -> Value | None:
    """Return the value, a list of several documents' values; None if broken."""
    import yaml  # noqa: PLC0415 - 0.05 s, rarely needed

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_depth(yaml.parse(text, Loader=loader))
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError:
        return None
    budget = [MAX_NODES]
    values = [_value(node, budget, 0) for node in nodes if node is not None]
    return values[0] if len(values) == 1 else values


def _check_depth(events: Iterable[Any]) -> None:
    """Refuse what is nested without end before a graph is made of it."""
    depth = 0
    for event in events:
        kind = type(event).__name__
        depth += kind.endswith(("SequenceStartEvent", "MappingStartEvent"))
        depth -= kind.endswith(("SequenceEndEvent", "MappingEndEvent"))
        if depth > DEEPEST_YAML:
            raise SourceError("The file is damaged: it is nested too deeply.")


def _value(node: Node, budget: list[int], depth: int) -> Value:
    budget[0] -= 1
    if budget[0] < 0 or depth > DEEPEST_YAML:
        return "…"
    if isinstance(node.value, str):
        return "" if node.tag.endswith(":null") else node.value
    if node.id == "mapping":
        return Pairs(
            (key.value if isinstance(key.value, str) else "…", _value(inner, budget, depth + 1))
            for key, inner in node.value
        )
    return [_value(inner, budget, depth + 1) for inner in node.value]


def _xml(data: bytes) -> Value:
    root = xml_tree(data, name="file")
    if root is None:
        raise SourceError("The file is damaged: it is no XML.")
    return _node_value(root)


def _node_value(node: XmlNode) -> Value:
    """Return an element's text, or its attributes and children in order."""
    children = [child for child in node if isinstance(child.tag, str)]
    has_words = bool((node.text or "").strip()) or any((child.tail or "").strip() for child in node)
    if children and has_words:
        return " ".join(marked(_runs(node, PLAIN)).split())
    text = " ".join((node.text or "").split())
    attributes = [(local_name(key), value) for key, value in node.attrib.items()]
    if not children and not attributes:
        return text
    pairs: list[tuple[str, Value]] = [*attributes, *([("text", text)] if text else [])]
    for key, run in groupby(children, key=lambda child: local_name(child.tag)):
        values = [_node_value(child) for child in run]
        pairs.append((key, values if len(values) > 1 else values[0]))
    return Pairs(pairs)


def _runs(node: XmlNode, outer: Look) -> Iterator[Run]:
    """Yield the words of mixed content, with the look that JATS, TEI and DocBook have names for."""
    if local_name(node.tag) == "math":
        yield math_text(node), outer
        return
    look = _LOOKS.get(local_name(node.tag), PLAIN).within(outer)
    yield node.text or "", look
    for child in node:
        if isinstance(child.tag, str):
            yield from _runs(child, look)
        yield child.tail or "", look


_LOOKS: Final = {
    **dict.fromkeys(("sup", "superscript"), Look(place="raised")),
    **dict.fromkeys(("sub", "subscript"), Look(place="lowered")),
    **dict.fromkeys(("strike", "strikethrough", "del"), Look(is_struck=True)),
}
