"""Where else a slide stands: the moments of recordings that show it, the pages that are shown.

Knows places that were found; knows nothing of how, nor of files or servers.
"""

from __future__ import annotations

from collections.abc import Sequence

from pagelight.services.rendering.same_slides import SLIDES, Moment, SlidePage
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import say
from pagelight.ui.source.player import is_recording
from pagelight.ui.source.transcript import seconds_told
from rag.clock import clock
from rag.datamodel import Document


def also_line(doc: Document) -> str:
    """Return the line that the page's script fills; "" for what is neither slides nor a film."""
    if doc.media_type not in SLIDES and not is_recording(doc):
        return ""
    return f'<p class="also" data-also="{escaped(doc.id)}" aria-live="polite" hidden></p>'


def also_html(places: Sequence[Moment | SlidePage]) -> str:
    """Return links to the places; "" for none."""
    return say("Also in {places}", places=", ".join(map(_link, places))) if places else ""


def _link(place: Moment | SlidePage) -> str:
    file = name(place.source.rpartition("/")[2])
    if isinstance(place, Moment):
        at = f"{place.doc_id}/1?at={seconds_told(place.start_s)}"
        told = say("{name} at {time}", name=file, time=clock(place.start_s))
    else:
        at = f"{place.doc_id}/{place.page}"
        told = say("page {n} of {name}", n=place.page, name=file)
    return f'<a href="#document/{escaped(at)}">{told}</a>'
