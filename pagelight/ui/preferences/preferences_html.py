"""The panel of how answers are wanted, by the message box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from rag.datamodel import AnswerWishes
from rag.storage.conversations.preferences import MOST_INSTRUCTIONS_LETTERS

WISHES_BUTTON: Final = (
    '<button type="button" id="wishes-open" aria-expanded="false" aria-controls="wishes">'
    "Answers</button>"
)
WISHES: Final = '<div id="wishes" role="group" aria-label="How answers are given" hidden></div>'
"""Filled by the page's script."""

NAMED: Final = "writer:"
"""Begins the value of a choice that names a model."""

_LENGTHS: Final = (("short", key("Short")), ("usual", key("Usual")), ("long", key("Long")))


def wishes_html(
    wishes: AnswerWishes,
    prompts: Sequence[tuple[int, str]],
    *,
    writer: str,
    others: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return what the panel holds; `writer` says in a sentence what writes answers, "" nothing.

    `others` are models that may write instead, told by name. Only what there is a choice of is
    offered.
    """
    lengths = "".join(
        _radio("length", value, known(told), checked=value == wishes.length)
        for value, told in _LENGTHS
    )
    parts = [_fields(say("Length of the answers in this conversation"), lengths)]
    if writer or others or wishes.writer:
        ways = _ways(wishes, writer=writer, others=others)
        parts += [_fields(say("Who answers in this conversation"), ways), _instructions(wishes)]
    return "".join([*parts, _prompts(prompts)])


def _ways(wishes: AnswerWishes, *, writer: str, others: Mapping[str, str]) -> str:
    """Return who may answer: the usual model, quotations, others; and who can't any more."""
    named = "" if wishes.quoted else wishes.writer
    usual = not wishes.quoted and not named
    ways = [_radio("by", "model", writer, checked=usual)] if writer else []
    is_quoted = wishes.quoted or (usual and not writer)
    ways.append(_radio("by", "quoted", say("Quoted word for word"), checked=is_quoted))
    ways += [
        _radio("by", f"{NAMED}{name}", f"{name}: {known(told)}", checked=name == named)
        for name, told in others.items()
    ]
    if named and named not in others:
        gone = say("{name} can not be had any more: the usual one answers", name=named)
        ways.append(_radio("by", f"{NAMED}{named}", gone, checked=True))
    return "".join(ways)


def _fields(legend: str, inner: str) -> str:
    return f"<fieldset><legend>{legend}</legend>{inner}</fieldset>"


def _radio(name: str, value: str, told: str, *, checked: bool) -> str:
    mark = " checked" if checked else ""
    return (
        f'<label><input type="radio" name="wish-{name}" value="{escaped(value)}"{mark}> '
        f"{escaped(told)}</label>"
    )


def _instructions(wishes: AnswerWishes) -> str:
    return (
        f'<label class="instructions">{say("Your instructions for all answers")}<textarea rows="2" '
        f'id="instructions" maxlength="{MOST_INSTRUCTIONS_LETTERS}" '
        f'placeholder="{say("Name amounts in euros. Use simple words.")}">'
        f"{escaped(wishes.instructions)}</textarea></label>"
    )


def _prompts(prompts: Sequence[tuple[int, str]]) -> str:
    rows = "".join(
        f'<li><button type="button" class="saved-prompt">{escaped(text)}</button>'
        f'<button type="button" class="drop-prompt" data-prompt="{number}" '
        f'aria-label="{say("Remove:")} {escaped(text)}">×</button></li>'
        for number, text in prompts
    )
    kept = f"<ul>{rows}</ul>" if rows else ""
    told = say("Save what stands in the message box")
    save = f'<button type="button" id="save-prompt">{told}</button>'
    status = '<span id="wishes-told" role="status"></span>'
    return _fields(say("Saved prompts"), f"{kept}{save}{status}")
