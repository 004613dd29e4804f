"""What the fields of an OpenDocument form show (OpenDocument 1.3, part 3, 13)."""

from __future__ import annotations

from typing import Final

from ingest.parsers.base.office.markup import XmlNode
from ingest.parsers.base.office.symbol_fonts import TICKED, UNTICKED
from ingest.parsers.odf.names import NAMES, name

_TOLD: Final = "shown"
_TICKED: Final = {name("form:checkbox"): "current-state", name("form:radio"): "current-selected"}
_ON: Final = frozenset({"checked", "true"})


def tell_controls(content: XmlNode) -> None:
    """Write into the controls of a content what their fields show."""
    forms = list(content.iter(name("form:form")))
    fields = {node.get(name("form:id"), ""): node for form in forms for node in form.iter()}
    for control in content.iter(name("draw:control")) if forms else ():
        field = fields.get(control.get(name("draw:control"), ""))
        if field is not None:
            control.set(_TOLD, _shown(field))


def shown_by(control: XmlNode) -> str:
    return str(control.get(_TOLD, ""))


def _shown(field: XmlNode) -> str:
    label = field.get(name("form:label"), "")
    if field.tag in _TICKED:
        state = field.get(name(f"form:{_TICKED[field.tag]}"))
        state = state or field.get(name("form:state")) or field.get(name("form:selected"))
        return f"{TICKED if state in _ON else UNTICKED} {label}".strip()
    chosen = [
        option.get(name("form:label"), "")
        for option in field.iterfind("form:option", NAMES)
        if option.get(name("form:current-selected"), option.get(name("form:selected"))) == "true"
    ]
    value = field.get(name("form:current-value"), field.get(name("form:value"), ""))
    return ", ".join(chosen) or value or label
