"""Models that write beside the one in use: for conversations that chose them.

A server is one as soon as it is asked. Of the folders one at a time is loaded beside the one in
use: two that are asked in turn would need the memory of both. Knows sources; knows no questions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import AnswerWishes
from rag.engine.models_in_use import ActiveModels
from rag.errors import ModelError, PagelightError
from rag.models.generators import WritingGenerator, where
from rag.models.registry.choice import is_here

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

    def told(self, used: str) -> dict[str, str]:
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
        """Lend the line-up with the model that a conversation chose.

        Where it can't be had, the usual one, with a note that says why. Waits while another model
        of a folder writes.
        """
        held: _HeldWriter | None = None
        notes: tuple[str, ...] = ()
        if wishes.writer and not wishes.quoted:
            try:
                held = self._of(wishes.writer, usual.source("generator"))
            except PagelightError as error:
                notes = (GONE.format(name=wishes.writer, why=error),)
        try:
            yield _with(usual, held), notes
        finally:
            if held is not None:
                self._give_back(held)

    def _of(self, name: str, used: str) -> _HeldWriter | None:
        """Return who has this name; None for the one that all use. Raises PagelightError."""
        source = self._named().get(name)
        if source is None:
            raise ModelError("it is not on this machine any more.")
        return None if source == used else self._taken(source, used)

    def _give_back(self, held: _HeldWriter) -> None:
        with self._changed:
            held.users -= 1
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            for held in self._held:
                held.writer.close()
            self._held.clear()

    def _taken(self, source: str, used: str) -> _HeldWriter:
        with self._changed:
            held = self._found(source)
            if held is None:
                self._make_room(source)
                held = self._found(source) or self._made(source, used)
            held.users += 1
            return held

    def _found(self, source: str) -> _HeldWriter | None:
        return next((held for held in self._held if held.source == source), None)

    def _made(self, source: str, used: str) -> _HeldWriter:
        held = _HeldWriter(source, self._make(source, used))
        self._held.append(held)
        return held

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


def _with(usual: ActiveModels, held: _HeldWriter | None) -> ActiveModels:
    if held is None:
        return usual
    settings = replace(usual.settings, generator=held.source)
    return replace(usual, settings=settings, writer=held.writer)
