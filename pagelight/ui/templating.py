"""HTML from the templates in `pagelight/ui/templates`: values are escaped, sentences translated.

A template has `_("english", name=value)` and `ngettext("{n} file", "{n} files", count)`, in the
language that is spoken, `number(n, places=1)`, `page_of(source, n)`, and the filters `translated`
(a sentence that comes from below), `clock` (seconds), `label` and `where` (a place's), `at` (a box,
as a style).
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from ingest.discovery.formats import FORMATS
from pagelight.services.answering.places import Place
from pagelight.services.rendering.page_pictures import is_slides
from pagelight.ui.language import say, say_count, say_number, spoken, translated
from rag.clock import clock
from rag.datamodel import BBox

_SLIDES: Final = tuple(
    suffix for each in FORMATS if is_slides(each.media_type) for suffix in each.suffixes
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


class _LongLines(Extension):
    """Joins the lines of a tag, or an expression, that goes on where a line is set in."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        del name, filename
        return re.sub(r"\n {2,}(?=\w)", " ", source)


def render(template: str, **values: object) -> Markup:
    """Return a template, filled in. Raises jinja2.UndefinedError for a value that lacks."""
    filled = environment().get_template(template).render(**values)
    return Markup(filled)  # noqa: S704 - the template escaped its values


@cache
def environment() -> Environment:
    """Return what all templates share."""
    environment = Environment(
        loader=PackageLoader("pagelight.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_html,
        extensions=[_LongLines],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        _=_gettext, ngettext=_ngettext, number=say_number, spoken=spoken, page_of=page_of
    )
    environment.filters.update(
        translated=translated, clock=clock, label=label_of, where=where_of, at=_at
    )
    return environment


def _at(box: BBox) -> str:
    width, height = box.x1 - box.x0, box.y1 - box.y0
    return f"left:{box.x0:.3%};top:{box.y0:.3%};width:{width:.3%};height:{height:.3%}"


def _gettext(english: str, **values: object) -> Markup:
    return Markup(say(english, **_escaped(values)))  # noqa: S704 - the catalogues are ours


def _ngettext(one: str, many: str, number: int, **values: object) -> Markup:
    return Markup(say_count(number, one, many, **_escaped(values)))  # noqa: S704 - as above


def _escaped(values: dict[str, object]) -> dict[str, object]:
    return {name: _html(value) for name, value in values.items()}


def _html(value: object) -> Markup:
    """Return a value as HTML; `escaped` also minds line ends, and letters that HTML lacks."""
    return value if isinstance(value, Markup) else Markup(escaped(str(value)))  # noqa: S704


def escaped(text: str) -> str:
    """Return `text` as harmless HTML, on one line, fit for content and for quoted attributes.

    Line ends become character references: a blank line would end the HTML block that the chat's
    Markdown leaves alone. Letters that HTML can't carry become U+FFFD.
    """
    safe = html.escape(printable(text), quote=True)
    return safe.replace("\r", "").replace("\n", "&#10;")


def printable(text: str) -> str:
    """Return text whose letters HTML and XML can carry: U+FFFD stands for those that they can't."""
    return _CONTROL.sub("\ufffd", text)


def page_of(source: str, page: int) -> str:
    """Return a page of a file in words: of a presentation it is a slide."""
    is_slide = source.lower().endswith(_SLIDES)
    return say("slide {n}", n=page) if is_slide else say("page {n}", n=page)


def where_of(place: Place) -> str:
    if place.page is not None:
        return page_of(place.chunk.source, place.page)
    return "" if place.start_s is None else say("at {time}", time=clock(place.start_s))


def label_of(place: Place) -> str:
    return ", ".join(filter(None, (place.chunk.source, where_of(place))))
