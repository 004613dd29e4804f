"""What the Office formats share: XML names, related parts."""

from __future__ import annotations

from typing import Any, Final

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
