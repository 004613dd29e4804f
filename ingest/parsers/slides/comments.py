"""What people noted on a slide: comments of both forms that PowerPoint writes, with replies.

ECMA-376, part 1, 19.4 (`p:cm`), and [MS-PPTX] 2.6.7 (`p188:cm`, since 2018).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.parsers.base.elements import comment_text, one_line
from ingest.parsers.base.office.markup import XmlNode, name
from ingest.parsers.base.xml_tree import parsed_xml

_COMMENTS, _AUTHORS = "/comments", ("/commentAuthors", "/authors")


def authors_of(presentation: Any) -> dict[str, str]:  # noqa: ANN401 - python-pptx brings no types
    """Return the names of those who commented, by their id."""
    nodes = (
        node
        for root in _related(presentation.part, _AUTHORS)
        for node in root.iter("{*}cmAuthor", "{*}author")
    )
    return {node.get("id", ""): node.get("name", "") for node in nodes}


def comments_of(slide: Any, authors: dict[str, str]) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield the comments on a slide, each followed by its replies."""
    for root in _related(slide.part, _COMMENTS):
        for node in root.iter("{*}cm", "{*}reply"):
            yield comment_text(_words(node), author=authors.get(node.get("authorId", ""), ""))


def _words(comment: XmlNode) -> str:
    body = comment.find("{*}txBody")
    texts = comment.findall("{*}text") if body is None else body.iter(name("a:t"))
    return one_line(" ".join(node.text or "" for node in texts))


def _related(part: Any, endings: str | tuple[str, ...]) -> Iterator[XmlNode]:  # noqa: ANN401 - as above
    for relation in part.rels.values():
        if relation.reltype.endswith(endings) and not relation.is_external:
            yield parsed_xml(relation.target_part.blob)
