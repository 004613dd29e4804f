"""The tools above a source: steps, pages, words to find, zoom, turning. Values to HTML.

On a narrow screen the first of them are one row, and the rest a menu. Knows nothing of the views.
"""

from __future__ import annotations

from typing import Final

from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from pagelight.ui.source.player import is_recording
from rag.datamodel import Document

MENU: Final = "source-more"


def tools_html(doc: Document, page: int | None, *, steps: str, is_picture: bool) -> str:
    """Return the tools for a document's `page`; of pictures a part can be chosen, and turned.

    `steps` stand first: they lead through what the panel was opened for.
    """
    is_played = is_recording(doc)
    rest = _outline(doc, page or 1)
    rest += _pick() if is_picture else ""
    rest += _moment() if is_played else _zoom(turn=_turn() if is_picture else "")
    hint = f'<span class="pick-hint" role="note">{known(HINT)}</span>' if is_picture else ""
    return f"{steps}{_page_steps(doc, page)}{_find(doc, page or 1)}{_menu(rest)}{hint}"


def _menu(tools: str) -> str:
    told = say("More tools")
    return (
        f'<button type="button" class="more" popovertarget="{MENU}" title="{told}" '
        f'aria-label="{told}">⋯</button>'
        f'<span class="rest" id="{MENU}" popover role="group" aria-label="{told}">{tools}</span>'
    )


def steps_html(position: int, count: int, labels: tuple[str, str]) -> str:
    """Return what leads to the place before and after the `position`-th (from 0) of `count`."""
    told = say("{n} of {count}", n=position + 1, count=count)
    return (
        f'<span class="steps"><button type="button" data-step="-1" aria-label="{labels[0]}"'
        f"{_disabled(position <= 0)}>‹</button><span>{told}</span>"
        f'<button type="button" data-step="1" aria-label="{labels[1]}"'
        f"{_disabled(position >= count - 1)}>›</button></span>"
    )


def _disabled(is_disabled: bool) -> str:  # noqa: FBT001 - an HTML attribute
    return " disabled" if is_disabled else ""


def _find(doc: Document, page: int) -> str:
    told = say("Find in document")
    return (
        f'<span class="find" role="search" data-found="{escaped(doc.id)}" data-on="{page}">'
        f'<input type="search" placeholder="{told}" aria-label="{told}"></span>'
    )


def _outline(doc: Document, page: int) -> str:
    return (
        f'<span class="outliner"><button type="button" {_closes()} '
        f'data-outline="{escaped(doc.id)}" data-on="{page}" '
        f'aria-expanded="false" title="{say("Headings and pages")}">'
        f"{say('Contents')}</button></span>"
    )


def _closes() -> str:
    """Let a button close the menu that it stands in."""
    return f'popovertarget="{MENU}" popovertargetaction="hide"'


HINT: Final = key(
    "Draw a box on the page. By keys: arrows go from part to part, Enter takes one, Esc stops."
)


def _pick() -> str:
    return (
        f'<span class="pick"><button type="button" {_closes()} data-pick="start" '
        f'aria-pressed="false">{say("Ask about a part")}</button></span>'
    )


def _zoom(*, turn: str) -> str:
    return (
        '<span class="zoom"><button type="button" data-zoom="out" '
        f'aria-label="{say("Zoom out")}">−</button><button type="button" data-zoom="fit" '
        f'aria-label="{say("Fit to width")}">{say("Fit")}</button><button type="button" '
        f'data-zoom="in" aria-label="{say("Zoom in")}">+</button>{turn}</span>'
    )


def _turn() -> str:
    told = say("Turn")
    return f'<button type="button" data-turn="" aria-label="{told}" title="{told}">⟳</button>'


def _moment() -> str:
    told = say("Copy the address of this moment")
    return (
        '<span class="moment"><button type="button" data-moment="" '
        f'title="{told}">{say("Copy link")}</button></span>'
    )


def _page_steps(doc: Document, page: int | None) -> str:
    """The page of how many; with buttons to leaf where there are several."""
    if page is None:
        return ""
    word = say("Slide") if is_slides(doc) else say("Page")
    told = say("{page} of {count}", page=f"{word} {page}", count=doc.page_count)
    if doc.page_count <= 1:
        return f'<span class="page-steps"><span>{word} {page}</span></span>'
    target = f'data-doc="{escaped(doc.id)}"'
    return (
        f'<span class="page-steps" data-page="{page}" data-pages="{doc.page_count}" '
        f'data-word="{word}"><button type="button" {target} data-page="{page - 1}" '
        f'aria-label="{say("Previous page")}"{_disabled(page <= 1)}>‹</button>'
        f"<span>{told}</span>"
        f'<button type="button" {target} data-page="{page + 1}" '
        f'aria-label="{say("Next page")}"{_disabled(page >= doc.page_count)}>›</button></span>'
    )


def is_slides(doc: Document) -> bool:
    """Tell whether the document is a presentation: its pages are slides."""
    return "presentation" in doc.media_type or "powerpoint" in doc.media_type
