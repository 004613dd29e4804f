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


def forget(chat: gr.Blocks, name: str) -> None:
    """Drop what Gradio keeps of a session: its state, its queue and its set of events.

    It keeps the last 10,000, 2,000 and all. A call of a program is a session of the call's name.
    To be called in Gradio's event loop.
    """
    queue, sessions = chat._queue, chat.state_holder  # noqa: SLF001 - as the module says
    queue.pending_messages_per_session.pop(name, None)
    queue.pending_event_ids_session.pop(name, None)
    with sessions.lock:
        sessions.session_data.pop(name, None)
        sessions.time_last_used.pop(name, None)


def forget_idle(chat: gr.Blocks, name: str) -> None:
    """Drop a session that waits for nothing; a tab that comes back tells again what it shows."""
    if not chat._queue.pending_event_ids_session.get(name):  # noqa: SLF001 - as the module says
        forget(chat, name)
