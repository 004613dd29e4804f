"""The words of a slide's paragraphs, with what their look means, and the comments on it.

DrawingML; ECMA-376, part 1, 19.4 (`p:cm`), and [MS-PPTX] 2.6.7 (`p188:cm`, since 2018).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ingest.parsers.base.elements import comment_text, one_line
from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked, math_text, shown_in
from ingest.parsers.base.office.markup import NAMESPACES, XmlNode, name, parsed_xml

_MATH: Final = name("m:oMath")
_WORDS: Final = frozenset({name("a:r"), name("a:fld")})


def paragraph_text(paragraph: XmlNode) -> str:
    """Return the words of a paragraph (`a:p`); a line break is one."""
    return marked(_runs(paragraph))


def _runs(paragraph: XmlNode) -> Iterator[Run]:
    for node in paragraph:
        if node.tag in _WORDS:
            properties = node.find("a:rPr", NAMESPACES)
            text = node.findtext("a:t", "", NAMESPACES)
            yield _shown(text, properties), _look(properties)
        elif node.tag == name("a:br"):
            yield "\n", PLAIN
        elif node.tag == name("mc:AlternateContent"):
            formulas = node.iterfind(f"mc:Choice//{_MATH}", NAMESPACES)
            yield "".join(map(math_text, formulas)), PLAIN


def _shown(text: str, properties: XmlNode | None) -> str:
    """Return what words show: a sign alone may have a font for signs (`a:sym`)."""
    fonts = (
        {} if properties is None else {node.tag: node.get("typeface", "") for node in properties}
    )
    sign = fonts.get(name("a:sym"), "") if len(text.strip()) == 1 else ""
    return shown_in(sign or fonts.get(name("a:latin"), ""), text)


def _look(properties: XmlNode | None) -> Look:
    if properties is None:
        return PLAIN
    is_struck = properties.get("strike", "noStrike") != "noStrike"
    baseline = properties.get("baseline", "0").rstrip("%")
    place: Place = "" if not baseline.strip("0.-") else "raised"
    place = "lowered" if place and baseline.startswith("-") else place
    return Look(is_struck, place) if is_struck or place else PLAIN


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
