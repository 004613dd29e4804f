"""The list of keys, as a dialog that `?` opens, and what stands beside it at the top."""

from __future__ import annotations

from typing import Final

KEYS: Final = (
    ("/", "Write a question"),
    ("n", "New conversation"),
    ("s", "Search conversations"),
    ("f", "Filter documents"),
    ("d", "Find in the document that is open"),
    ("j", "Next source of the last answer, or of the one that is open"),
    ("k", "Source before"),
    ("← →", "Source before, next source, while one is open"),
    ("+ − 0", "Larger, smaller, fit to width"),
    ("Esc", "Close what is open"),
    ("?", "This list"),
)

_ROWS: Final = "".join(
    f"<tr><th scope='row'>{' '.join(f'<kbd>{key}</kbd>' for key in keys.split())}</th>"
    f"<td>{told}</td></tr>"
    for keys, told in KEYS
)
DIALOG: Final = (
    '<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2>'
    f"<table><tbody>{_ROWS}</tbody></table>"
    '<label><input type="checkbox" id="keys-on" checked> Single letters work, outside of fields'
    '</label><p><button type="button" id="keys-close">Close</button></p></dialog>'
    '<p id="told" class="unseen" role="status"></p>'
)
LOOKS: Final = (
    '<div id="looks"><button type="button" id="theme" title="Theme" aria-label="Theme">◐</button>'
    '<button type="button" id="keys-open" title="Keys" aria-label="Keys" aria-haspopup="dialog">'
    "?</button></div>"
)
