"""What is changed in the queue of a chat's Gradio, which has no public way to it: in one place."""

from __future__ import annotations

from typing import Final

import gradio as gr

LOOKS_FOR_WORK_S: Final = 0.03
LOOKS_FOR_PROGRESS_S: Final = 5.0
"""So often Gradio's queue of a chat looks for an event, and for progress, of which we tell none by
it. By its own numbers, 1 and 10 ms, a chat that nobody uses took 6 to 8 % of a processor, and forty
of them 30 % (benchmarks/LOG.md)."""


def let_rest(chat: gr.Blocks) -> None:
    """Let the queue of a chat look for work less often than by itself."""
    queue = chat._queue  # noqa: SLF001 - as the module says
    queue.sleep_when_free = LOOKS_FOR_WORK_S
    queue.progress_update_sleep_when_free = LOOKS_FOR_PROGRESS_S


def forget(chat: gr.Blocks, call_id: str) -> None:
    """Drop what Gradio keeps of a program's call whose answer was read: a session, queue and set.

    It keeps the last 10,000, 2,000 and all. To be called in its event loop.
    """
    queue, sessions = chat._queue, chat.state_holder  # noqa: SLF001 - as the module says
    queue.pending_messages_per_session.pop(call_id, None)
    queue.pending_event_ids_session.pop(call_id, None)
    with sessions.lock:
        sessions.session_data.pop(call_id, None)
        sessions.time_last_used.pop(call_id, None)
