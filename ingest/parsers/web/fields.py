"""Puts what the fields of a page's forms show beside their labels. Knows HTML's forms (HTML, 4.10).

Nothing stands for passwords, hidden fields and files, nor for what sends a form.
"""

from __future__ import annotations

from typing import Final

from lxml import html

from ingest.parsers.base.office.symbol_fonts import TICKED, UNTICKED

_SILENT: Final = frozenset("hidden password submit button reset image file color".split())
_TICKS: Final = frozenset({"checkbox", "radio"})
_CELLS: Final = frozenset({"td", "th", "dt", "dd"})
_ROLES: Final = ".//*[@role='checkbox' or @role='radio' or @role='switch'][@aria-checked]"


def show_fields(body: html.HtmlElement) -> None:
    """Write the values of fields into a page, each into its label where it has one."""
    labels = {label.get("for"): label for label in body.iter("label") if label.get("for")}
    for choice in body.xpath(_ROLES):
        choice.text = f"{_tick(choice.get('aria-checked') == 'true')} {choice.text or ''}"
    for field in list(body.iter("input", "select", "textarea")):
        kind = (field.get("type") or "").lower() if field.tag == "input" else ""
        label = next(field.iterancestors("label"), labels.get(field.get("id", "")))
        if kind in _SILENT or field.get("role") == "button":
            _drop(field, label)
            continue
        shown = _tick("checked" in field.attrib) if kind in _TICKS else _value(field)
        label = _joined(field, label, is_first=kind in _TICKS)
        if kind != "radio" and label is not None:
            label.tag = "div"  # a paragraph of its own
        _write(field, shown, is_tick=kind in _TICKS, is_labelled=label is not None)


def _tick(is_on: bool) -> str:  # noqa: FBT001 - a value, no option
    return TICKED if is_on else UNTICKED


def _value(field: html.HtmlElement) -> str:
    """Return what a field shows: its text, or the options that are chosen."""
    if field.tag == "textarea":
        return str(field.text_content())
    if field.tag == "input":
        return field.get("value") or ""
    options = list(field.iter("option"))
    chosen = [option for option in options if "selected" in option.attrib]
    if not chosen and "multiple" not in field.attrib:
        chosen = [option for option in options[:1] if option.get("value") != ""]
    return ", ".join(" ".join(option.text_content().split()) for option in chosen)


def _drop(field: html.HtmlElement, label: html.HtmlElement | None) -> None:
    """Drop what commands the page; the label of a button is its face."""
    field.drop_tree()
    if field.get("role") == "button" and label is not None and label.getparent() is not None:
        label.drop_tree()


def _joined(
    field: html.HtmlElement, label: html.HtmlElement | None, *, is_first: bool
) -> html.HtmlElement | None:
    """Move a field into its label unless either has a cell of its own; return the label."""
    if label is None or label in field.iterancestors():
        return label
    if label.getparent() is None or _cell(field) is not _cell(label):
        return None
    field.drop_tree()
    if is_first:
        label.insert(0, field)
        field.tail, label.text = label.text, None
    else:
        label.append(field)
    return label


def _cell(node: html.HtmlElement) -> html.HtmlElement | None:
    return next(node.iterancestors(*_CELLS), None)


def _write(field: html.HtmlElement, shown: str, *, is_tick: bool, is_labelled: bool) -> None:
    """Make a field the words that it shows; a colon stands between a label and a value."""
    previous, parent = field.getprevious(), field.getparent()
    before = parent.text if previous is None else previous.tail or previous.text_content()
    named = field.get("aria-label") if not is_labelled else None
    if named:
        shown = f"{shown} {named}" if is_tick else f"{named}: {shown}"
    elif is_labelled and not is_tick and shown and (before or "").rstrip()[-1:].isalnum():
        place = (parent, "text") if previous is None else (previous, "tail")
        setattr(*place, (getattr(*place) or "").rstrip() + ":")
    for child in list(field):
        field.remove(child)
    field.tag, field.text = "span", f" {shown} "
