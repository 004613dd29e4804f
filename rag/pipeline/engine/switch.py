"""Other models for a running engine, one part at a time, without a stop.

What finds by vectors makes them first; only then it takes over, and the choice is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import ModelError, PagelightError, SettingsError
from rag.models.registry.choice import SETTING, ModelChoices, choose, fixed_by, source_of
from rag.models.registry.downloads import ModelStore
from rag.models.registry.model_table import PARTS, HubModel, Part, model_named
from rag.pipeline.engine.engine import Engine
from rag.pipeline.engine.models_in_use import ActiveModels
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings

Make = Callable[[Settings], ActiveModels]
"""Makes the models that settings name, not yet loaded; raises PagelightError."""


class ModelSwitch:
    """`settings` are those that the engine was built of, before a profile filled them in.

    Any thread may call. Switches of one part wait for each other, and models load one at a time.
    """

    def __init__(self, settings: Settings, engine: Engine, make: Make) -> None:
        self._settings = settings
        self._engine = engine
        self._make = make
        self._choices = ModelChoices(settings.workspace)
        self._loading = threading.Lock()
        self._turns: dict[Part, threading.Lock] = {part: threading.Lock() for part in PARTS}

    def in_use(self) -> dict[Part, str]:
        """Return the name of what does each part now; "" for the built-in way."""
        active = self._engine.active
        return {part: Path(active.source(part)).name for part in PARTS}

    def coming(self) -> Mapping[Part, str]:
        """Return the models that are to be used once their vectors are made."""
        return self._choices.read().coming

    def fixed(self, part: Part) -> str:
        """Return the setting that says what does a part; "" where a person may choose here."""
        return fixed_by(part, self._settings)

    def offered(self) -> tuple[HubModel, ...]:
        """Return what came to the disk meanwhile and the next start would take."""
        active = self._engine.active
        try:
            taken = choose(self._settings).models
        except PagelightError:  # models were deleted meanwhile: what runs goes on
            return ()
        return tuple(m for m in taken if source_of(m, self._settings) != active.source(m.part))

    def use(
        self, part: Part, name: str, *, stop: threading.Event, progress: Progress = NO_PROGRESS
    ) -> bool:
        """Give a part to a fetched model, or back to the built-in way (`BUILT_IN`).

        Returns False where `stop` was set before its vectors were made: what is made stays, and
        the same call goes on. Raises SettingsError where a setting names the part, ModelError
        where the model is not there or can't run.
        """
        if setting := self.fixed(part):
            raise SettingsError(
                f"{setting} says what {PARTS[part]}.", hint="Take it away to choose here."
            )
        with self._turns[part]:
            if stop.is_set():
                return False
            alone = self._alone(part, name)
            if getattr(alone, SETTING[part]) != self._engine.active.source(part):
                made = self._ready(part, name, alone, stop, progress)
                if made is None:
                    return False
                self._engine.swap(part, made)
            self._choices.use(part, name)
            self._engine.forget_others()
        return True

    def _ready(
        self, part: Part, name: str, alone: Settings, stop: threading.Event, progress: Progress
    ) -> ActiveModels | None:
        """Return a line-up of one part, with all its vectors; None once `stop` is set."""
        made = self._make(alone)
        try:
            with self._loading:
                made.load()
            if made.meaning or made.sight:
                self._choices.expect(part, name)
            while made.read(stop, progress):
                pass  # documents may have come meanwhile
        except BaseException:
            made.close()
            raise
        if stop.is_set():
            made.close()
            return None
        return made

    def _alone(self, part: Part, name: str) -> Settings:
        sources: dict[str, Any] = dict.fromkeys(SETTING.values(), "")
        if name:
            model = model_named(name)
            if model.part != part or ModelStore(self._settings.models).find(name) is None:
                raise ModelError(
                    f"{name} is not on this machine.", hint=f"Run: pagelight models fetch {name}"
                )
            sources[SETTING[part]] = source_of(model, self._settings)
        return replace(self._settings, **sources)
