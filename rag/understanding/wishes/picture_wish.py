"""Whether a question asks for a picture, and for which: `Show me the chart of ...`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

Thing = Literal[
    "picture",
    "bar chart",
    "line chart",
    "pie chart",
    "scatter plot",
    "chart",
    "diagram",
    "photo",
    "map",
    "screenshot",
    "logo",
    "table",
]

_I: Final = re.IGNORECASE

_NAMES: Final[dict[Thing, str]] = {
    "bar chart": r"(?:bar|column)[ -](?:charts?|graphs?|plots?)|histograms?",
    "line chart": r"(?:line|area)[ -](?:charts?|graphs?|plots?)",
    "pie chart": r"(?:pie|ring|do(?:ugh)?nut)[ -](?:charts?|graphs?|plots?)",
    "scatter plot": r"scatter ?(?:plots?|charts?|graphs?|diagrams?)",
    "chart": r"charts?|graphs?|plots?",
    "diagram": r"diagrams?|flow ?charts?|schematics?|schemes?|drawings?|sketch(?:es)?|blueprints?",
    "photo": r"photos?|photographs?",
    "map": r"maps?",
    "screenshot": r"screen ?shots?",
    "logo": r"logos?|emblems?",
    "table": r"tables?",
    "picture": r"pictures?|images?|illustrations?|figures?",
}
_THING: Final = rf"(?P<thing>{'|'.join(_NAMES.values())})"
_HEAD: Final = (
    r"(?:(?:the|a|an|any|all|some|that|this|these|those|its|their|me|us)\s+)*"
    r"(?P<before>(?:(?!(?:of|for|that|which|who|about|with|from|in|on|to|and|where)\b)"
    rf"[\w'’&%.-]+\s+){{0,6}}?){_THING}\b(?P<after>.*)$"
)
_POLITE: Final = (
    r"^(?:(?:please|kindly|can you|could you|would you|will you|i(?:'d| would) like(?: you)? to|"
    r"i want(?: you)? to|let me|may i|can i)[\s,]+)*(?:please\s+)?"
)
_SHOW: Final = re.compile(
    rf"{_POLITE}(?:show|see|display|find|bring up|pull up|look at|give)\s+{_HEAD}", _I | re.DOTALL
)
_IS_THERE: Final = re.compile(
    rf"^(?:is|are|do you have|have you(?: got)?|where is|where are|where can i (?:find|see))\s+"
    rf"(?:there\s+)?{_HEAD}",
    _I | re.DOTALL,
)
_WHICH: Final = re.compile(
    rf"^(?:in |on )?(?:which|what)\s+{_THING}\s+"
    r"(?:shows?|depicts?|illustrates?|presents?|displays?|compares?|plots?|pictures?|lists?|"
    r"gives?|visuali[sz]es?)\b(?P<before>)(?P<after>.*)$",
    _I | re.DOTALL,
)
_BARE: Final = re.compile(
    rf"^(?:(?:the|a|an|any)\s+)?(?P<before>){_THING}\s+(?:of|showing)\b(?P<after>[^?]*)$",
    _I | re.DOTALL,
)
_MENTIONED: Final = re.compile(rf"\b{_THING}\b", _I)
_JOINING: Final = re.compile(
    r"^[\s,:]*(?:(?:of|for|that|which|showing|shows?|about|with|on|illustrat\w+|depict\w+|"
    r"compar\w+|there|is|are|from|in|to|the|a|an)\b\s*)*",
    _I,
)
_NUMBERS: Final = re.compile(r"figures?\b.{0,200}?\b(?:for|on)\b", _I)
_LABEL: Final = re.compile(
    r"\b(fig(?:ure)?|table|tab|chart|diagram|exhibit|abb(?:ildung)?|tabelle|tableau)\.?\s*"
    r"(\d+(?:[.-]\d+)*)",
    _I,
)
_ASKS_ELSE: Final = re.compile(
    r"\b(?:and|then) (?:tell|explain|say|what|how|why|who|when|compute|calculate)\b", _I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """What a question wants to see.

    `shown` is set where the picture itself is asked for, not something that it says. `subject`
    are the words that say of what; `label` its number, as `fig 3`; `several` asks for more, as
    does "is there a map?": whatever maps there are answer that.
    """

    thing: Thing
    subject: str = ""
    label: str = ""
    shown: bool = False
    several: bool = False


def picture_wish(question: str) -> PictureWish | None:
    """Return what picture the question speaks of; None where it speaks of none."""
    asked = " ".join(question.split())
    for pattern in (_SHOW, _WHICH, _BARE, _IS_THERE):
        found = pattern.match(asked)
        if found and not _speaks_of_numbers(found, asked):
            after = _JOINING.sub("", found["after"].rstrip(" ?.!"))
            subject = f"{found['before'].strip()} {after}".strip()
            wish = PictureWish(
                thing=_thing(found["thing"]),
                subject=subject,
                label=label_of(asked),
                shown=not _ASKS_ELSE.search(asked),
                several=found["thing"].lower().endswith("s"),
            )
            of_any = pattern is _IS_THERE and not (wish.subject or wish.label)
            return replace(wish, several=wish.several or of_any)
    mentioned = _MENTIONED.search(asked)
    if mentioned is None or _speaks_of_numbers(mentioned, asked):
        return None
    return PictureWish(thing=_thing(mentioned["thing"]), subject=asked, label=label_of(asked))


def label_of(text: str) -> str:
    """Return the first label that a text names, as `fig 3` or `tab 2.1`; "" without one."""
    found = _LABEL.search(text)
    return f"{found[1].lower()[:3]} {found[2]}" if found else ""


def _speaks_of_numbers(found: re.Match[str], asked: str) -> bool:
    """`Give me the figures for 2021` are numbers."""
    is_figure = found["thing"].lower().startswith("figure")
    return is_figure and not label_of(asked) and bool(_NUMBERS.search(asked, found.start("thing")))


def _thing(name: str) -> Thing:
    return next(thing for thing, names in _NAMES.items() if re.fullmatch(names, name, _I))
