"""What a model thinks aloud is left out of its answer. Knows pieces of text; knows no model.

Models that reason write `<think>…</think>` first (Qwen3, DeepSeek-R1); some templates write the
opening sign themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

OPEN: Final = "<think>"
CLOSE: Final = "</think>"

_State = Literal["opening", "thinking", "closed", "answering"]


def without_thoughts(pieces: Iterable[str], *, begun: bool = False) -> Iterator[str]:
    """Yield the pieces after the thoughts that an answer opens with; all of them where it has none.

    `begun` tells that the first piece stands in a thought already. For a piece that tells nothing
    an empty one comes, at which whoever reads may leave.
    """
    state: _State = "thinking" if begun else "opening"
    pending = ""
    for piece in pieces:
        if state == "answering":
            yield piece
            continue
        state, pending = _read_on(state, pending + piece)
        yield pending if state == "answering" else ""
    if state == "opening" and pending:
        yield pending


def _read_on(state: _State, pending: str) -> tuple[_State, str]:
    """Return where the text stands now, and what of it is still to be looked at."""
    if state == "opening" and not OPEN.startswith(pending.lstrip()):
        state = "thinking" if pending.lstrip().startswith(OPEN) else "answering"
    if state == "thinking" and CLOSE in pending:
        state, pending = "closed", pending.partition(CLOSE)[2]
    if state == "closed" and pending.strip():
        state, pending = "answering", pending.lstrip()
    return state, pending
