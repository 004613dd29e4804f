"""Models that write beside the one in use: what conversations chose, and that of the set-up.

Of those of folders one at a time is loaded: two would need the memory of both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rag.closing import Closing
from rag.datamodel import AnswerWishes
from rag.errors import ModelError, PagelightError, failure_message
from rag.generation.writers.answer_writer import AnswerWriter
from rag.models.generators import WritingGenerator, where
from rag.models.llm.language_model import OpenVinoLlm
from rag.models.registry.choice import is_here
from rag.pipeline.engine.models_in_use import ActiveModels
from rag.table_qa.table_answer import warm_queries

MakeWriter = Callable[[str, str], WritingGenerator]
"""Makes what a source names, not yet loaded, beside the one in use; raises PagelightError."""

GONE: Final = "{name}, which this conversation chose, can't be had: {why} The usual one answers."


@dataclass(slots=True)
class _HeldWriter:
    source: str
    writer: WritingGenerator
    users: int = 0


class OtherWriters:
    """Any thread may call. `named` tells the sources by name; raises SettingsError."""

    def __init__(self, named: Callable[[], Mapping[str, str]], make: MakeWriter) -> None:
        self._named = named
        self._make = make
        self._held: list[_HeldWriter] = []
        self._changed = threading.Condition()

    def sentences(self, used: str) -> dict[str, str]:
        """Return a sentence for each by its name, but for the one of the source `used`."""
        return {name: where(source) for name, source in self._named().items() if source != used}

    @property
    def loads_here(self) -> bool:
        """Whether a model of a folder is kept: it writes one answer after the other."""
        with self._changed:
            return any(is_here(held.source) for held in self._held)

    @contextmanager
    def chosen(
        self, usual: ActiveModels, wishes: AnswerWishes
    ) -> Iterator[tuple[ActiveModels, tuple[str, ...]]]:
        """Lend the line-up with the model that a conversation chose; else the usual, and a note."""
        held: _HeldWriter | None = None
        notes: tuple[str, ...] = ()
        try:
            if wishes.writer and not wishes.quoted:
                held = self._of(wishes.writer, usual.source("generator"))
        except PagelightError as error:
            notes = (GONE.format(name=wishes.writer, why=error),)
        if held is None:
            yield usual, notes
            return
        settings = replace(usual.settings, generator=held.source)
        try:
            yield replace(usual, settings=settings, writer=held.writer), notes
        finally:
            with self._changed:
                held.users -= 1
                self._changed.notify_all()

    def _of(self, name: str, used: str) -> _HeldWriter | None:
        source = self._named().get(name)
        if source is None:
            raise ModelError("it is not on this machine any more.")
        if source == used:
            return None
        with self._changed:
            self._make_room(source)
            held = self._found(source)
            if held is None:
                held = _HeldWriter(source, self._make(source, used))
                self._held.append(held)
            held.users += 1
            return held

    def close(self) -> None:
        with self._changed:
            for held in self._held:
                held.writer.close()
            self._held.clear()

    def _found(self, source: str) -> _HeldWriter | None:
        return next((held for held in self._held if held.source == source), None)

    def _make_room(self, source: str) -> None:
        """Close the models of other folders, each when it has written what it writes."""
        while is_here(source) and self._found(source) is None:
            others = [held for held in self._held if is_here(held.source)]
            for held in others:
                if not held.users:
                    held.writer.close()
                    self._held.remove(held)
            if not any(held.users for held in others):
                return
            self._changed.wait()


class EmbeddedWriter(Closing):
    """The model in the folder that `find` returns, None while there is none. Thread-safe.

    `problem` tells why it can't be loaded, as a sentence; it is not tried again.
    """

    def __init__(self, find: Callable[[], Path | None], count_tokens: Callable[[str], int]) -> None:
        self._find = find
        self._count_tokens = count_tokens
        self._loading = threading.Lock()
        self._tried = threading.Event()
        self._model: OpenVinoLlm | None = None
        self._writer: AnswerWriter | None = None
        self._ended = False
        self.problem = ""

    @property
    def model_id(self) -> str:
        return self._writer.model_id if self._writer else ""

    def get(self) -> AnswerWriter | None:
        """Return the writer if it is warm; else begin to load it where it is built."""
        if self._lacks and not self._loading.locked():
            self._tried.clear()
            threading.Thread(target=self.load, name="writer", daemon=True).start()
        return self._writer

    def awaited(self, seconds: float) -> AnswerWriter | None:
        """Return the writer once it is warm; None where it is not there, or takes longer."""
        self._tried.wait(0.0 if self.get() else seconds)
        return self._writer

    def load(self) -> AnswerWriter | None:
        """Return the writer, loaded now where it is built; what fails becomes `problem`."""
        with self._loading:
            folder = self._find() if self._lacks else None
            if folder is not None:
                self._load(folder)
            self._tried.set()
            return self._writer

    @property
    def _lacks(self) -> bool:
        """Whether it may still be loaded."""
        return self._writer is None and not (self.problem or self._ended)

    def _load(self, folder: Path) -> None:
        self._model = OpenVinoLlm(folder)
        writer = AnswerWriter(self._model, self._count_tokens)
        try:
            writer.warm()
            self._writer = writer
            self._tried.set()
            warm_queries(self._model)
        except Exception as error:  # noqa: BLE001 - answers are quotations then, and say why
            reason = failure_message(error, of="The model that writes")
            self.problem = f"{reason} Answers are quotations."

    def close(self) -> None:
        with self._loading:
            if self._model:
                self._model.close()
            self._writer = self._model = None
            self._ended = True
            self._tried.set()
