"""A shared conversation as a page of its own: questions, answers, and the places of their marks.

It needs no script and fetches nothing. Knows exchanges and places; knows nothing of HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Final

from pagelight.services.answering.places import Place, places_of
from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say, say_count, spoken
from pagelight.ui.html.sentences import translated
from rag.answer.base.refusal import LEAD_INS
from rag.datamodel import Answer
from rag.storage.conversations.conversations import Exchange
from rag.storage.conversations.shares import SharedConversation

NOT_SHARED: Final = key(
    "This link leads nowhere, or not any more. Ask who sent it for another one."
)
NOTHING_FOR_YOU: Final = key("It stands on documents that you may not see.")
_ITEM: Final = "- "
_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #f6f7f9; --card: #fff; --line: #e3e7ec; --accent: #3f51d8; --glow: #ffc93c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a4aebb; --paper: #12161c; --card: #1a2028; --line: #2b333e; --accent: #9aa6ff; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 ui-sans-serif, system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 720px; margin: 0 auto; padding: 24px 16px 60px; }
header { color: var(--soft); font-size: 14px; }
h1 { font-size: 22px; line-height: 1.3; margin: 6px 0 20px; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px 20px; margin: 0 0 16px; }
h2 { font-size: 17px; line-height: 1.4; margin: 0 0 10px; }
p { margin: 0 0 10px; }
a { color: var(--accent); }
sup a { text-decoration: none; font-weight: 600; padding: 0 2px; }
ol { margin: 14px 0 0; padding: 12px 0 0; border-top: 1px solid var(--line); list-style: none; font-size: 14px; color: var(--soft); }
ul { margin: 0 0 10px; padding-inline-start: 22px; }
li { margin: 0 0 8px; }
li:target { background: color-mix(in srgb, var(--glow) 30%, transparent); border-radius: 6px; }
q { display: block; border-inline-start: 3px solid var(--glow); padding-inline-start: 10px; quotes: none; color: var(--ink); }
"""  # noqa: E501 - a rule a line


def shared_html(shared: SharedConversation) -> str:
    """Return the page of what a reader may see."""
    articles = "".join(_article(each, n) for n, each in enumerate(shared.exchanges, start=1))
    title = shared.exchanges[0].question if shared.exchanges else ""
    rest = _left_out(shared)
    return _page(title or say("A shared conversation"), f"{articles}{rest}")


def not_shared_html() -> str:
    return _page(say("Not there"), f"<p>{known(NOT_SHARED)}</p>")


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{spoken()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<header>{say('A conversation in Pagelight, to read')}</header>"
        f'<h1 dir="auto">{escaped(title)}</h1>'
        f"{body}</main></body></html>"
    )


def _left_out(shared: SharedConversation) -> str:
    if not shared.left_out:
        return ""
    many = say_count(shared.left_out, "{n} question left out:", "{n} questions left out:")
    told = f"{many} " if shared.exchanges else ""
    return f"<p>{told}{known(NOTHING_FOR_YOU)}</p>"


def _article(exchange: Exchange, number: int) -> str:
    answer = exchange.answer
    if answer is None:
        return ""
    notes = "".join(f"<p>{escaped(translated(note))}</p>" for note in answer.notes)
    return (
        f'<article><h2 dir="auto">{escaped(exchange.question)}</h2>{_text(answer, number)}'
        f"{notes}{_sources(answer, number)}</article>"
    )


def _text(answer: Answer, number: int) -> str:
    blocks = re.split(r"\n\s*\n", with_kept_marks(answer).strip())
    told = (known(block) if block in LEAD_INS else block for block in blocks)
    parts = (_STRONG.sub(r"<strong>\1</strong>", _block(block)) for block in told)
    return "".join(KEPT_MARK.sub(_linking(number), part) for part in parts)


def _block(block: str) -> str:
    """Return lines that begin with a hyphen as a list, and those around them as paragraphs."""
    grouped = groupby(block.split("\n"), key=lambda line: line.startswith(_ITEM))
    return "".join(_list(lines) if are_items else _paragraph(lines) for are_items, lines in grouped)


def _paragraph(lines: Iterable[str]) -> str:
    told = "<br>".join(escaped(line) for line in lines)
    return f'<p dir="auto">{told}</p>'


def _list(lines: Iterable[str]) -> str:
    items = (f'<li dir="auto">{escaped(line.removeprefix(_ITEM))}</li>' for line in lines)
    return f"<ul>{''.join(items)}</ul>"


def _linking(number: int) -> Callable[[re.Match[str]], str]:
    """Return what writes a mark as links to the places below the answer of this number."""

    def link(mark: re.Match[str]) -> str:
        links = (f'<a href="#s{number}-{n}">[{n}]</a>' for n in mark[1].split(","))
        return f"<sup>{''.join(links)}</sup>"

    return link


def _sources(answer: Answer, number: int) -> str:
    by_number: dict[int, list[Place]] = {}
    for place in places_of(answer):
        by_number.setdefault(place.number, []).append(place)
    rows = "".join(_source(places, n, number) for n, places in sorted(by_number.items()))
    return f"<ol>{rows}</ol>" if rows else ""


def _source(places: list[Place], n: int, number: int) -> str:
    first = places[0]
    where = f", {first.where}" if first.where else ""
    quotes = "".join(f'<q dir="auto">{escaped(place.quote)}</q>' for place in places if place.quote)
    return f'<li id="s{number}-{n}">[{n}] {name(first.chunk.source)}{where}{quotes}</li>'
