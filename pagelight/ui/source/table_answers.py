"""How tables were asked for an answer in the chat, folded; each cell opens its place."""

from __future__ import annotations

from markupsafe import Markup

from pagelight.services.answering.places import cells_key, cells_of
from pagelight.ui.templating import render
from rag.datamodel import Answer


def table_queries_html(answer: Answer, *, key: str) -> Markup | str:
    """Return what was worked out of tables, closed; "" where there is none."""
    if not answer.table_queries:
        return ""
    numbers = [place.number for place in cells_of(answer)]
    queries = answer.table_queries
    return render("source/table_answers.html", queries=queries, key=cells_key(key), numbers=numbers)
