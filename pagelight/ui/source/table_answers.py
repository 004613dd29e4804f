"""How tables were asked for an answer in the chat, folded.

Each cell is a button that opens its place. Knows `Answer`; knows
nothing of Gradio.
"""

from __future__ import annotations

from typing import Final

from pagelight.services.answering.places import cells_key, cells_of
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.named import opens
from rag.datamodel import Answer

OTHERWISE: Final = key("Worked out")


def table_queries_html(answer: Answer, *, key: str) -> str:
    """Return what was worked out of tables, closed; "" where there is none."""
    if not answer.table_queries:
        return ""
    places = cells_of(answer)
    rows = []
    for one in answer.table_queries:
        chips = "".join(
            f'<button type="button" class="chip" {opens(cells_key(key), cell)}>'
            f'<span class="unseen">{say("Source")} </span>{places[cell].number}</button>'
            for cell in one.cells
        )
        rows.append(f"<li>{escaped(one.result)} — {escaped(one.plan)} {chips}</li>")
    results = escaped("; ".join(one.result for one in answer.table_queries))
    return (
        f'<details class="considered otherwise"><summary>{known(OTHERWISE)}: {results}</summary>'
        f"<ul>{''.join(rows)}</ul></details>"
    )
