"""What the server is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pagelight.services.answering.protocols import Dictation, Incoming
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_switch import Switches
from pagelight.services.rendering.originals import Fetch, is_here
from pagelight.ui.start.demo import Demo
from rag.engine.engine import Engine
from rag.models.setup.state import SetupState
from rag.protocols import PictureRenderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the server is made of: given by the entry point, the only one that knows classes."""

    engine: Engine
    jobs: Jobs
    incoming: Incoming
    renderer: PictureRenderer
    switches: Switches
    writer: Callable[[], SetupState] = lambda: SetupState(stage="off")
    dictation: Dictation | None = None
    fetch: Fetch = is_here
    examples: Sequence[str] = ()
    demo: Demo = field(default_factory=lambda: Demo(None))
