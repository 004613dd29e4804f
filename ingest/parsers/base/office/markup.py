"""XML of any origin as a tree, and what the Office formats share: names, parts, charts, diagrams.

Nothing in XML reads a file, opens the net or fills the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from ingest.discovery.archive import ENTITIES
from ingest.parsers.base.elements import one_line, table_element, text_element
from ingest.parsers.base.numbers.number_format import shown
from rag.datamodel import BBox, Element
from rag.errors import SourceError


def xml_tree(data: bytes, *, name: str) -> Any:  # noqa: ANN401 - lxml brings no types
    """Return the root, mended as far as that goes; None where there is none.

    Comments and instructions are left out. Raises SourceError, which calls it by `name`, where
    it defines entities.
    """
    if any(mark in data for mark in ENTITIES):
        raise SourceError(
            f"The {name} defines XML entities, which can read other files or fill the memory; "
            "it is not opened."
        )
    return parsed_xml(data, recover=True, remove_pis=True, remove_comments=True)


def parsed_xml(data: bytes, **options: bool) -> Any:  # noqa: ANN401 - as above
    """Return the root; with `recover` None where there is none, else XMLSyntaxError is raised.

    Nothing is resolved, and nothing fetched; `options` are further ones of lxml's parser.
    """
    from lxml import etree  # noqa: PLC0415 - only for XML

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, **options)
    return etree.fromstring(data, parser)


def local_name(tag: object) -> str:
    """Return the name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2]


NAMESPACES: Final = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "v": "urn:schemas-microsoft-com:vml",
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}

XmlNode = Any
"""An lxml element: lxml brings no types."""


@cache
def name(prefixed: str) -> str:
    """Return the full name of `w:p` and the like."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def related(part: Any, relationship: str) -> Any | None:  # noqa: ANN401 - parts of two libraries
    """Return the part that `part` relates to in this way, or None."""
    try:
        return part.part_related_by(relationship)
    except KeyError:
        return None


def part_of(part: Any, relation_id: str | None) -> Any | None:  # noqa: ANN401 - as above
    """Return the part behind a relation id; None where it is outside the file or missing."""
    relation = part.rels.get(relation_id) if relation_id else None
    if relation is None or relation.is_external:
        return None
    return relation.target_part


MAX_POINTS: Final = 5_000
_KINDS: Final = ("area", "bar", "bubble", "doughnut", "line", "pie", "radar", "scatter")


def chart_elements(
    chart: XmlNode, *, page: int | None = None, bbox: BBox | None = None
) -> list[Element]:
    """Return a chart's values as a table, one row a category, and its title as caption."""
    series = list(chart.iter(name("c:ser")))
    given = (_points(one, "c:cat", "c:xVal") for one in series)
    categories = next(filter(None, given), {})
    values = [_points(one, "c:val", "c:yVal") for one in series]
    places = sorted({at for points in (categories, *values) for at in points})[:MAX_POINTS]
    names = [_words(one, "c:tx") or f"Series {n}" for n, one in enumerate(series, 1)]
    header = [_words(chart, ".//c:catAx/c:title") or "Category", *names]
    rows = [
        [categories.get(at, str(at + 1)), *(points.get(at, "") for points in values)]
        for at in places
    ]
    table = table_element([header, *rows], page=page, bbox=bbox) if places else []
    tags = {local_name(node.tag) for node in chart.iter()}
    kind = next((f"{kind} chart" for kind in _KINDS if f"{kind}Chart" in tags), "chart")
    title = _words(chart, ".//c:chart/c:title")
    caption = f"{title} ({kind})" if title else kind.capitalize()
    return table + text_element(caption, "caption", page=page, bbox=bbox)


def diagram_lines(data: XmlNode) -> list[str]:
    """Return the words of a diagram (SmartArt), one line for each of its shapes."""
    lines = [
        one_line(" ".join(node.text or "" for node in point.iter(name("a:t"))))
        for point in data.iter(name("dgm:pt"))
        if point.get("type", "node") in {"node", "asst"}
    ]
    return [line for line in lines if line]


def _words(node: XmlNode, path: str) -> str:
    found = node.find(path, NAMESPACES)
    if found is None:
        return ""
    words = [inner.text or "" for inner in found.iter(name("a:t"))]
    return one_line("".join(words) or " ".join(v.text or "" for v in found.iter(name("c:v"))))


def _points(series: XmlNode, *tags: str) -> dict[int, str]:
    """Return the stored values of a series by their place, as the chart shows them.

    They are those of the first of the tags that is there, of several levels the first.
    """
    held = next(
        (found for tag in tags if (found := series.find(tag, NAMESPACES)) is not None), None
    )
    if held is None:
        return {}
    node = next(held.iter(name("c:lvl")), held)
    code = node.findtext(".//c:formatCode", "General", NAMESPACES)
    points: dict[int, str] = {}
    for point in node.iter(name("c:pt")):
        at = point.get("idx", "")
        if at.isdecimal():
            text = point.findtext("c:v", "", NAMESPACES)
            try:
                points[int(at)] = shown(float(text), point.get("formatCode") or code)
            except ValueError:
                points[int(at)] = one_line(text)
    return points


PAGE_NUMBER: Final = "\x01"
"""Stands for a field that counts pages; `clean` takes it away."""

_PART: Final = re.compile(r"[\t\n]+| {3,}")
_MAX_COUNTING_WORDS: Final = 3
"""A part with a page's number and no more words than these ("Page 3 of 9 pages") counts alone."""


def margin_element(texts: Iterable[str]) -> list[Element]:
    """Return the lines of headers or footers as one paragraph, each line once."""
    lines = (" ".join(filter(None, map(_telling, _PART.split(text)))) for text in texts)
    return text_element("\n".join(dict.fromkeys(filter(None, lines))))


def _telling(part: str) -> str:
    words = one_line(part.replace(PAGE_NUMBER, " "))
    saying = [word for word in words.split() if any(map(str.isalnum, word))]
    counts = PAGE_NUMBER in part and len(saying) <= _MAX_COUNTING_WORDS
    return "" if counts or not saying else words
