"""The text of an answer as HTML: paragraphs, lists and tables, with chips for its marks.

It is made Markdown first, all of its words escaped, then HTML. Only the spans of
`Answer.citations` become chips: a `[1]` in a document's own words stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from pagelight.services.answering.places import places_of
from pagelight.ui.answers.answer_forms import CLOSE, KEPT_MARK, OPEN, marked_text
from pagelight.ui.html.language import known, say
from pagelight.ui.html.markdown_text import BULLET, block_markdown, blocks_of
from pagelight.ui.source.marking import is_whole
from pagelight.ui.templating import render
from rag.datamodel import CELL_SEPARATOR, Answer
from rag.refusal import lead_ins

_MARKDOWN: Final = MarkdownIt("zero", {"breaks": True}).enable(
    ["emphasis", "escape", "list", "newline", "table"]
)
_MARK: Final = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*+){CLOSE}")
_END, _QUOTED, _BEGIN = (f"{OPEN}{sign}{CLOSE}" for sign in "(/:")
"""Of what is not borne out, and where the quotations begin: sorted as they stand at one place."""

_SEPARATOR: Final = re.escape(CELL_SEPARATOR)
_PIECE: Final = re.compile(rf"(?:{_SEPARATOR})?((?:(?!{_SEPARATOR})[^\n])+)")
"""What of a range stands on one line and in one cell."""


def body_html(
    answer: Answer, *, key: str, figures: Sequence[tuple[int, str]]
) -> tuple[Markup, Markup]:
    """Return what was written, and the quotations below it ("": none were set apart).

    `figures` are shown below the words whose mark stands for the citation at that position.
    """
    edits = list(_unsupported(answer))
    if answer.quoted_from is not None:
        edits.append((answer.quoted_from, answer.quoted_from, _QUOTED))
    text = marked_text(answer, lambda at: f"{OPEN}{','.join(map(str, at))}{CLOSE}", edits)
    said, _, quoted = text.partition(_QUOTED)
    write = _Writer(answer, key, figures)
    return write(said), write(quoted)


def _unsupported(answer: Answer) -> Iterator[tuple[int, int, str]]:
    """Yield signs around the sentences that are not borne out, within a line or cell each."""
    for first, last in answer.unsupported:
        for piece in _PIECE.finditer(answer.text, first, last):
            bullet = BULLET.match(answer.text, *piece.span(1))
            start, end = bullet.end() if bullet else piece.start(1), piece.end()
            yield from ((start, start, _BEGIN), (end, end, _END))


class _Writer:
    """Writes marked text of an answer as HTML."""

    def __init__(self, answer: Answer, key: str, figures: Sequence[tuple[int, str]]) -> None:
        self._places = places_of(answer)
        self._key = key
        self._figures = figures

    def __call__(self, text: str) -> Markup:
        html = "".join(part for block in blocks_of(text) for part in self._block(block))
        return Markup(html)  # noqa: S704 - its words are escaped

    def _block(self, block: list[str]) -> Iterator[str]:
        is_lead = block[0] in lead_ins()
        lines = [known(line) if line.endswith((".", ":")) else line for line in block]
        tokens = _MARKDOWN.parse(block_markdown(lines))
        if is_lead:
            tokens[0].attrSet("class", "lead")
        html = _MARKDOWN.renderer.render([*_framed(tokens)], _MARKDOWN.options, {})
        yield _MARK.sub(self._written, html.replace("\n", ""))
        marks = KEPT_MARK.finditer("\n".join(block))
        cited = {int(n) for mark in marks for n in mark[1].split(",")}
        yield from (figure for position, figure in self._figures if position in cited)

    def _written(self, mark: re.Match[str]) -> str:
        if mark[0] in {_BEGIN, _END}:
            return render("answer/unsupported.html", begins=mark[0] == _BEGIN)
        return "".join(
            render("answer/chip.html", key=self._key, position=n, place=self._places[n])
            for n in map(int, mark[1].split(","))
        )


def _framed(tokens: list[Token]) -> Iterable[Token]:
    """Yield what is shown of a block; a table scrolls where it is too wide, by keys as well.

    It is named by its `title`: of what tells a name, the chat's sanitiser keeps this alone.
    """
    for token, content in zip(tokens, [*tokens[1:], None], strict=True):
        if token.tag in {"thead", "tbody"}:
            continue
        if token.tag == "th":
            token.tag = "td"  # the first row is one as any other
        if token.type == "table_open":
            frame = {"class": "table", "role": "region", "tabindex": "0", "title": say("Table")}
            yield Token("frame_open", "div", 1, attrs={**frame})
            token.attrSet("dir", "auto")
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            token.attrSet("dir", "auto")
        elif token.tag == "td" and content and is_whole(content.content):
            token.attrSet("class", "whole")
        yield token
        if token.type == "table_close":
            yield Token("frame_close", "div", -1)
