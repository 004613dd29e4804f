"""What stands on the empty screen while there are no documents. Knows words; nothing of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say

NOT_YOURS: Final = key(
    "There is nothing yet that you may see. Ask who looks after Pagelight here to let you see a "
    "collection."
)
NOT_WRITABLE: Final = key(
    "There are no documents yet, and files can't be added from here. Put them into {folder}, then "
    "press “Look again” above."
)
FORMATS: Final = key(
    "PDF, Word, PowerPoint, Excel, web pages, mail, pictures and more. They are copied into "
    "{folder} on the machine that runs Pagelight, and read there."
)
DEMO: Final = key(
    "No documents at hand? Look around in the demo: the reports, tables, slides and scans of an "
    "invented mountain weather station."
)
_QUESTION: Final = (
    '<button type="button" class="start-question" data-demo="{words}">{words}</button>'
)


def start_html(*, folder: Path | None, writable: bool, questions: Sequence[str] | None) -> str:
    """Return how documents come into `folder`; None: for somebody who may add none.

    `questions` are of the demo; None where there is no demo.
    """
    if folder is None:
        return _note(known(NOT_YOURS))
    told = name(str(folder))
    if not writable:
        return _note(say(NOT_WRITABLE, folder=told))
    head = f"<h2>{say('Ask your documents')}</h2>"
    return head + _drop(told) + ("" if questions is None else _demo(questions))


def _note(words: str) -> str:
    return f'<p class="start-note">{words}</p>'


def _drop(folder: str) -> str:
    choices = (("files", say("Choose files")), ("folder", say("Choose a folder")))
    buttons = "".join(
        f'<button type="button" data-choose="{what}">{words}</button>' for what, words in choices
    )
    return (
        f'<div class="start-drop"><p class="start-large">{say("Drop files or a whole folder here")}'
        f'</p><p class="start-choose">{buttons}</p>{_note(say(FORMATS, folder=folder))}</div>'
    )


def _demo(questions: Sequence[str]) -> str:
    asked = "".join(_QUESTION.format(words=escaped(question)) for question in questions)
    told = f"{_note(say('Or begin with a question to it:'))}{asked}" if asked else ""
    opens = f'<button type="button" data-demo="">{say("Open the demo")}</button>'
    return f'<div class="start-demo"><p>{known(DEMO)} {opens}</p>{told}</div>'
