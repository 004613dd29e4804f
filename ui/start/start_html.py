"""What stands on the empty screen while there are no documents. Knows words; nothing of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ui.html.escape import escaped, name

NOT_YOURS: Final = (
    '<p class="start-note">There is nothing yet that you may see. Ask who looks after Pagelight '
    "here to let you see a collection.</p>"
)
NOT_WRITABLE: Final = (
    '<p class="start-note">There are no documents yet, and files can\'t be added from here. Put '
    "them into {folder}, then press “Look again” above.</p>"
)
_HEAD: Final = "<h2>Ask your documents</h2>"
_DROP: Final = (
    '<div class="start-drop"><p class="start-large">Drop files or a whole folder here</p>'
    '<p class="start-choose"><button type="button" data-choose="files">Choose files</button>'
    '<button type="button" data-choose="folder">Choose a folder</button></p>'
    '<p class="start-note">PDF, Word, PowerPoint, Excel, web pages, mail, pictures and more. They '
    "are copied into {folder} on the machine that runs Pagelight, and read there.</p></div>"
)
_DEMO: Final = (
    '<div class="start-demo"><p>No documents at hand? Look around in the demo: the reports, '
    'tables, slides and scans of an invented mountain weather station. <button type="button" '
    'data-demo="">Open the demo</button></p>{questions}</div>'
)
_QUESTION: Final = (
    '<button type="button" class="start-question" data-demo="{words}">{words}</button>'
)


def start_html(*, folder: Path | None, writable: bool, questions: Sequence[str] | None) -> str:
    """Return how documents come into `folder`; None: for somebody who may add none.

    `questions` are of the demo; None where there is no demo.
    """
    if folder is None:
        return NOT_YOURS
    told = name(str(folder))
    if not writable:
        return NOT_WRITABLE.format(folder=told)
    return _HEAD + _DROP.format(folder=told) + ("" if questions is None else _demo(questions))


def _demo(questions: Sequence[str]) -> str:
    asked = "".join(_QUESTION.format(words=escaped(question)) for question in questions)
    told = f'<p class="start-note">Or begin with a question to it:</p>{asked}' if asked else ""
    return _DEMO.format(questions=told)
