"""An engine that gives the answers it is given, and what changes its models."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from builders_ui import a_chunk, a_hit
from fake_attached import FakeAttached, FakeIncoming
from fake_library import FakeLibrary

from pagelight.ui.chat.answer_streamer import AnswerStreamer
from pagelight.ui.chat.conversation import ConversationSaver
from rag.datamodel import Answer, Hit, Query, Turn
from rag.models.registry.model_table import PARTS, HubModel, Part
from rag.progress import Progress


@dataclass(frozen=True)
class FakeProfile:
    name: str = "embedded"
    notice: str = "Answers are quoted."
    summary: str = "TinyLM finds."
    next_step: str = "local would write."
    writes: bool = False


@dataclass
class FakeEngine:
    """Answers every question with `answers`, or raises `error`."""

    index: FakeLibrary
    answers: Sequence[Answer] = ()
    error: Exception | None = None
    is_ready: bool = True
    one_at_a_time: bool = False
    profile: FakeProfile = field(default_factory=FakeProfile)
    asked: list[tuple[Query, tuple[Turn, ...]]] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    entitled: str = ""

    def writers(self) -> dict[str, str]:
        return self.others

    @cached_property
    def attached(self) -> FakeAttached:
        return FakeAttached(Path(tempfile.mkdtemp()))

    @cached_property
    def incoming(self) -> FakeIncoming:
        return FakeIncoming(self.attached)

    def warm(self) -> None:
        self.is_ready = True

    def ready(self) -> bool:
        return self.is_ready

    def status(self) -> str:
        return "" if self.is_ready else "The models are loading."

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        self.asked.append((query, tuple(history)))
        yield from self.answers
        if self.error is not None:
            raise self.error

    def title(self, question: str, answer: str) -> str:
        del question, answer
        return self.entitled

    def search(self, query: Query, k: int) -> list[Hit]:
        self.asked.append((query, ()))
        return [a_hit(a_chunk())][:k]


class FakeSwitching:
    """Changes models once it is let go, or raises `problem`; stops when it is told to."""

    def __init__(self) -> None:
        self.used: dict[Part, str] = dict.fromkeys(PARTS, "")
        self.awaited: dict[Part, str] = {}
        self.settings: dict[Part, str] = {}
        self.here: tuple[HubModel, ...] = ()
        self.problem: Exception | None = None
        self.go = threading.Event()
        self.progress: Progress | None = None

    def in_use(self) -> dict[Part, str]:
        return dict(self.used)

    def coming(self) -> dict[Part, str]:
        return dict(self.awaited)

    def fixed(self, part: Part) -> str:
        return self.settings.get(part, "")

    def offered(self) -> tuple[HubModel, ...]:
        return self.here

    def use(self, part: Part, name: str, *, stop: threading.Event, progress: Progress) -> bool:
        self.progress = progress
        while not (self.go.wait(0.005) or stop.is_set()):
            pass
        if stop.is_set():
            return False
        if self.problem is not None:
            raise self.problem
        self.used[part] = name
        self.awaited.pop(part, None)
        return True


def streamer_of(engine: FakeEngine, **options: Any) -> AnswerStreamer:
    """Return what answers in the chat, and keeps what it answered."""
    saver = options.pop("saver", None) or ConversationSaver(engine.index)
    return AnswerStreamer(engine, incoming=engine.incoming, saver=saver, **options)
