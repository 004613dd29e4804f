"""What of tables stands beside an answer in the chat: a chart, and other readings, folded.

Each point of the chart and each cell is a button that opens its place. Knows `Answer`; knows
nothing of Gradio.
"""

from __future__ import annotations

from typing import Final

from rag.datamodel import Answer
from service.asking.places import cells_key, cells_of
from ui.html.chart_svg import Spot, chart_svg, described, spots
from ui.html.escape import escaped
from ui.html.language import key, known, say
from ui.html.named import opens

OTHERWISE: Final = key("Worked out otherwise")
OPENS: Final = key("each point opens its cell")


def charted_html(answer: Answer, *, key: str) -> str:
    """Return the chart of an answer with a button over each point; "" without one."""
    chart = answer.chart
    if chart is None:
        return ""
    buttons = "".join(_point(spot, key=cells_key(key)) for spot in spots(chart))
    told = f'<span class="unseen">{escaped(described(chart))}</span>'
    caption = f"<figcaption>{escaped(chart.title)} · {known(OPENS)}{told}</figcaption>"
    return (
        f'<figure class="chart {chart.kind}"><div class="plot">{chart_svg(chart)}'
        f'<div class="spots">{buttons}</div></div>'
        f"{caption}</figure>"
    )


def _point(spot: Spot, *, key: str) -> str:
    place = f"left:{spot.x:.2f}%;top:{spot.y:.1f}px;height:{spot.height:.0f}px"
    wide = f";width:{spot.width:.2f}%" if spot.width else ""
    return (
        f'<button type="button" class="point" {opens(key, spot.point.cell)} '
        f'title="{escaped(spot.name)}" style="{place}{wide}">'
        f'<span class="unseen">{escaped(spot.name)}</span></button>'
    )


def otherwise_html(answer: Answer, *, key: str) -> str:
    """Return what tables give if they are read another way, closed; "" where there is none."""
    if not answer.alternatives:
        return ""
    places = cells_of(answer)
    rows = []
    for one in answer.alternatives:
        chips = "".join(
            f'<button type="button" class="chip" {opens(cells_key(key), cell)}>'
            f'<span class="unseen">{say("Source")} </span>{places[cell].number}</button>'
            for cell in one.cells
        )
        rows.append(f"<li>{escaped(one.result)} — {escaped(one.plan)} {chips}</li>")
    results = escaped("; ".join(one.result for one in answer.alternatives))
    return (
        f'<details class="considered otherwise"><summary>{known(OTHERWISE)}: {results}</summary>'
        f"<ul>{''.join(rows)}</ul></details>"
    )
