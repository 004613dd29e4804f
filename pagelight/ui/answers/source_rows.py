"""The places of an answer as rows to click: those that it cites, and those that come near.

Knows `Place`; knows nothing of what an answer says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import say
from pagelight.ui.html.named import opens
from pagelight.ui.html.words import where_of

NEAREST_SHOWN: Final = 5
SNIPPET_CHARS: Final = 160


def sources_html(places: Sequence[Place], *, key: str) -> str:
    """Return one row for each place with the numbers of its marks; the first cited is opened."""
    first: dict[object, int] = {}
    numbers: dict[object, dict[int, None]] = {}
    for position, place in enumerate(places):
        first.setdefault(_where(place), position)
        numbers.setdefault(_where(place), {})[place.number] = None
    rows = "".join(
        source_row(
            places[first[where]],
            key=key,
            position=first[where],
            mark=", ".join(map(str, sorted(marks))),
        )
        for where, marks in sorted(numbers.items(), key=lambda one: min(one[1]))
    )
    return f'<div class="sources">{rows}</div>' if rows else ""


def nearest_html(places: Sequence[Place], *, key: str) -> str:
    """Return the places that come nearest where nothing answers, each once; "" for none."""
    once = {_where(place): position for position, place in reversed([*enumerate(places)])}
    rows = "".join(
        _near_row(places[position], key=key, position=position, mark=str(number))
        for number, position in enumerate(sorted(once.values())[:NEAREST_SHOWN], start=1)
    )
    if not rows:
        return ""
    return (
        f'<p class="remark">{say("Nearest places:")}</p><div class="sources nearest">{rows}</div>'
    )


def source_row(place: Place, *, key: str, position: int, mark: str) -> str:
    where = where_of(place)
    page = f'<span class="page">{where}</span>' if where else ""
    return (
        f'<button type="button" class="source-row" {opens(key, position)}>'
        f'<span class="mark">{mark}</span><span class="file">{name(place.file_name)}</span>'
        f"{page}</button>"
    )


def _where(place: Place) -> tuple[str, int | None, float | None]:
    """Return what makes two places one for a reader: file, page and moment."""
    return place.chunk.doc_id, place.page, place.start_s


def _near_row(place: Place, *, key: str, position: int, mark: str) -> str:
    words = " ".join(place.quote.split())
    snippet = words if len(words) <= SNIPPET_CHARS else words[:SNIPPET_CHARS].rstrip() + " …"
    row = source_row(place, key=key, position=position, mark=mark)
    return row.replace("</button>", f'<span class="snippet">{escaped(snippet)}</span></button>')
